/// The exposures of an experiment in the reported phase; the parts and the units exposed add up to the total.
public struct ExposureCounts: Sendable, Hashable {
    /// Exposures of all kinds.
    public var total = 0
    /// Exposures without an id of the experiment's unit.
    public var noUnit = 0
    /// Exposures of testers who asked for a variant.
    public var override = 0
    /// Exposures of units outside the experiment.
    public var notEnrolled = 0
    /// Exposures while the experiment was not running.
    public var notRunning = 0
    /// The enrolled ones after the first of each unit.
    public var repeated = 0
}

/// The units of an experiment in the reported phase.
public struct UnitCounts: Sendable, Hashable {
    /// Units with an enrolled exposure.
    public var exposed = 0
    /// Exposed units that saw several variants.
    public var crossover = 0
    /// Units that the results are about.
    public var analysed = 0
}

/// The outcomes of an experiment; kept and discarded add up to the total.
public struct OutcomeCounts: Sendable, Hashable {
    /// Outcomes that count.
    public private(set) var kept = 0
    private var byReason = [Int](repeating: 0, count: DiscardReason.allCases.count)

    /// Outcomes of all fates, kept and discarded.
    public var total: Int { byReason.reduce(kept, +) }

    /// Outcomes discarded for a reason.
    /// - Parameter reason: The reason.
    /// - Returns: Their number.
    public func discarded(_ reason: DiscardReason) -> Int {
        DiscardReason.allCases.firstIndex(of: reason).map { byReason[$0] } ?? 0
    }

    /// Adds outcomes of one fate; nil for kept.
    mutating func add(_ count: Int, _ reason: DiscardReason?) {
        if let index = reason.flatMap({ DiscardReason.allCases.firstIndex(of: $0) }) {
            byReason[index] += count
        } else {
            kept += count
        }
    }
}
