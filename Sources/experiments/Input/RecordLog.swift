import ArgumentParser

/// The two logs that records can be imported into.
enum RecordLog: String, CaseIterable, ExpressibleByArgument {
    case exposures
    case outcomes

    /// The columns an input may have.
    var columns: [Column] {
        switch self {
        case .exposures:
            [
                .experiment, .variantID, .userID, .sessionID, .timestamp, .timestampMicroseconds, .attributes,
                .enrollment, .id,
            ]
        case .outcomes:
            [
                .experiment, .metric, .kind, .value, .userID, .sessionID, .timestamp, .timestampMicroseconds,
                .attributes, .id,
            ]
        }
    }

    /// The columns an input must have, besides a time.
    var requiredColumns: [Column] {
        switch self {
        case .exposures: [.experiment, .variantID]
        case .outcomes: [.metric, .kind, .value]
        }
    }
}
