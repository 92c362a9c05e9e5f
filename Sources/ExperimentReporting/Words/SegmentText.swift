import ExperimentAnalysis

/// What a segment is called.
enum SegmentText {
    static func name(_ value: SegmentResult.Value) -> String {
        switch value {
        case .value(let text): text
        case .missing: "(without it)"
        case .others: "(all others)"
        }
    }
}
