import ExperimentAnalysis
import Experimentation

/// What a segment is called.
enum SegmentText {
    static func name(_ value: SegmentResult.Value) -> String {
        switch value {
        case .value(let value): value.text
        case .missing: "(without it)"
        case .others: "(all others)"
        }
    }
}
