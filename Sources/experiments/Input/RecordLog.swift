import ArgumentParser
import ExperimentStorage

/// The logs that records can be imported into.
enum RecordLog: String, CaseIterable, ExpressibleByArgument {
    case exposures
    case outcomes
    case links

    /// The log by the library's name.
    var imported: ImportedLog {
        switch self {
        case .exposures: .exposures
        case .outcomes: .outcomes
        case .links: .links
        }
    }

    /// The columns an input may have.
    var columns: [Column] {
        switch self {
        case .exposures:
            [
                .experiment, .variantID, .userID, .sessionID, .timestamp, .timestampMicroseconds, .attributes,
                .enrollment, .phase, .id,
            ]
        case .outcomes:
            [
                .experiment, .metric, .kind, .value, .userID, .sessionID, .timestamp, .timestampMicroseconds,
                .attributes, .id,
            ]
        case .links: [.sessionID, .userID, .timestamp, .timestampMicroseconds]
        }
    }

    /// The columns an input must have, besides a time.
    var requiredColumns: [Column] {
        switch self {
        case .exposures: [.experiment, .variantID]
        case .outcomes: [.metric, .kind, .value]
        case .links: [.sessionID, .userID]
        }
    }
}
