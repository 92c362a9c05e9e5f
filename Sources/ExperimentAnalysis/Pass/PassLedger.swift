/// What becomes of an outcome in an experiment: it counts, or one reason why it does not.
enum PassFate: UInt8, CaseIterable {
    case kept
    case noUnit
    case override
    case notEnrolled
    case notRunning
    case neverExposed
    case crossover
    case beforeExposure
    /// Before the exposure in this phase, but after one in another: the variant that was seen there may have moved it.
    case betweenPhases
    case beforeWindow
    case afterWindow
    /// The outcome would count, but its unit's window is not over.
    case immature

    /// What becomes of an outcome so long after its unit's first exposure, where that is over with the window.
    @inline(__always)
    init(elapsed: Int64, _ period: PassMetrics.Period) {
        self = period.holds(elapsed) ? .kept : elapsed < period.delay ? .beforeWindow : .afterWindow
    }

    /// What becomes of the outcomes of a unit whose best exposure has an enrollment, as in the log; nil where it is enrolled.
    init?(enrollment: UInt8) {
        switch enrollment {
        case 1: self = .override
        case 2: self = .notEnrolled
        case 3: self = .notRunning
        default: return nil
        }
    }

    /// The reason why an outcome does not count; nil where it does.
    var reason: DiscardReason? {
        switch self {
        case .kept: nil
        case .noUnit: .noUnit
        case .override: .override
        case .notEnrolled: .notEnrolled
        case .notRunning: .notRunning
        case .neverExposed: .neverExposed
        case .crossover: .crossover
        case .beforeExposure, .betweenPhases: .beforeExposure
        case .beforeWindow: .beforeWindow
        case .afterWindow: .afterWindow
        case .immature: .immature
        }
    }
}

/// The books of a pass: every outcome of an experiment under what became of it, and of which variant; whole numbers, so
/// those of several threads add up to the same.
struct PassLedger {
    private static let width = PassFate.allCases.count

    private var counts: [Int]
    /// Where an experiment's counts begin: first those without a variant, then those of each variant.
    private let starts: [Int]
    /// Outcomes without an experiment whose unit is exposed in none.
    private(set) var unattributed = 0
    /// Unattributed outcomes that have neither id.
    private(set) var unattributedWithoutUnit = 0

    init(_ experiments: [PassExperiment]) {
        var starts: [Int] = []
        var length = 0
        for experiment in experiments {
            starts.append(length)
            length += (1 + experiment.variants.count) * Self.width
        }
        self.starts = starts
        counts = Array(repeating: 0, count: length)
    }

    @inline(__always)
    mutating func add(_ experiment: Int32, _ fate: PassFate) {
        counts[starts[Int(experiment)] + Int(fate.rawValue)] += 1
    }

    @inline(__always)
    mutating func add(_ experiment: Int32, variant: UInt16, _ fate: PassFate) {
        counts[starts[Int(experiment)] + (1 + Int(variant)) * Self.width + Int(fate.rawValue)] += 1
    }

    /// Takes outcomes that seemed to count for those of units whose window is not over.
    mutating func addImmature(_ count: Int, _ experiment: Int, variant: Int) {
        let start = starts[experiment] + (1 + variant) * Self.width
        counts[start + Int(PassFate.kept.rawValue)] -= count
        counts[start + Int(PassFate.immature.rawValue)] += count
    }

    mutating func addUnattributed(hasUnit: Bool) {
        unattributed += 1
        if !hasUnit { unattributedWithoutUnit += 1 }
    }

    mutating func add(_ other: PassLedger) {
        for index in counts.indices { counts[index] += other.counts[index] }
        unattributed += other.unattributed
        unattributedWithoutUnit += other.unattributedWithoutUnit
    }

    func outcomes(_ experiment: Int, variant: Int, _ fate: PassFate) -> Int {
        counts[starts[experiment] + (1 + variant) * Self.width + Int(fate.rawValue)]
    }

    /// Outcomes of a variant that were left out for a reason.
    func outcomes(_ experiment: Int, variant: Int, _ reason: DiscardReason) -> Int {
        PassFate.allCases.filter { $0.reason == reason }
            .reduce(0) { $0 + outcomes(experiment, variant: variant, $1) }
    }

    /// All outcomes of an experiment.
    func outcomes(_ experiment: Int) -> OutcomeCounts {
        let end = experiment + 1 < starts.count ? starts[experiment + 1] : counts.count
        var total = OutcomeCounts()
        for start in stride(from: starts[experiment], to: end, by: Self.width) {
            for fate in PassFate.allCases { total.add(counts[start + Int(fate.rawValue)], fate.reason) }
        }
        return total
    }
}
