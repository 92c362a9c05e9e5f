import Experimentation

/// The books of a pass: every outcome of an experiment under what became of it, and of which variant; whole numbers, so
/// those of several threads add up to the same.
struct PassLedger {
    private static let width = Disposition.allCases.count

    private var counts: [Int]
    /// Place where each experiment's counts begin: first those without a variant, then those of each variant.
    private let starts: [Int]
    /// Outcomes without an experiment whose unit is exposed in none.
    private(set) var unattributed = 0
    /// Unattributed outcomes that have neither id.
    private(set) var unattributedWithoutUnit = 0

    /// Outcomes at odd times, by experiment.
    private(set) var oddTimes: [DataShape.Times]

    /// Units with outcomes that were never exposed, by experiment.
    var strangers: [Strangers]

    init(_ experiments: [PassExperiment]) {
        strangers = Array(repeating: Strangers(), count: experiments.count)
        oddTimes = Array(repeating: DataShape.Times(), count: experiments.count)
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
    mutating func add(_ experiment: Int32, _ fate: Disposition) {
        counts[starts[Int(experiment)] + Int(fate.rawValue)] += 1
    }

    @inline(__always)
    mutating func add(_ experiment: Int32, variant: UInt16, _ fate: Disposition) {
        counts[starts[Int(experiment)] + (1 + Int(variant)) * Self.width + Int(fate.rawValue)] += 1
    }

    /// Takes outcomes that seemed to count for those of units whose window is not over.
    mutating func addImmature(_ count: Int, _ experiment: Int, variant: Int) {
        let start = starts[experiment] + (1 + variant) * Self.width
        counts[start + Int(Disposition.kept.rawValue)] -= count
        counts[start + Int(Disposition.immature.rawValue)] += count
    }

    @inline(__always)
    mutating func noteTime(_ experiment: Int32, _ time: Int64, clock: Int64) {
        oddTimes[Int(experiment)].note(time, clock: clock)
    }

    mutating func addUnattributed(hasUnit: Bool) {
        unattributed += 1
        if !hasUnit { unattributedWithoutUnit += 1 }
    }

    mutating func add(_ other: PassLedger) {
        for index in counts.indices { counts[index] += other.counts[index] }
        for index in oddTimes.indices { oddTimes[index].add(other.oddTimes[index]) }
        for index in strangers.indices { strangers[index].add(other.strangers[index]) }
        unattributed += other.unattributed
        unattributedWithoutUnit += other.unattributedWithoutUnit
    }

    func outcomes(_ experiment: Int, variant: Int, _ fate: Disposition) -> Int {
        counts[starts[experiment] + (1 + variant) * Self.width + Int(fate.rawValue)]
    }

    /// Outcomes of a variant that were left out for a reason.
    func outcomes(_ experiment: Int, variant: Int, _ reason: DiscardReason) -> Int {
        Disposition.allCases.filter { $0.reason == reason }
            .reduce(0) { $0 + outcomes(experiment, variant: variant, $1) }
    }

    /// Counts of all outcomes of an experiment.
    func outcomes(_ experiment: Int) -> OutcomeCounts {
        let end = experiment + 1 < starts.count ? starts[experiment + 1] : counts.count
        var total = OutcomeCounts()
        for start in stride(from: starts[experiment], to: end, by: Self.width) {
            for fate in Disposition.allCases { total.add(counts[start + Int(fate.rawValue)], fate.reason) }
        }
        return total
    }
}
