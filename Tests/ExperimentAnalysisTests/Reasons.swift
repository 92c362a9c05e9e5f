import ExperimentAnalysis

extension OutcomeCounts {
    /// The reasons that occur, with their counts.
    var reasons: [DiscardReason: Int] {
        Dictionary(uniqueKeysWithValues: DiscardReason.allCases.map { ($0, discarded($0)) }).filter { $0.value > 0 }
    }
}
