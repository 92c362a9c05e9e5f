import ExperimentDatabase
import Experimentation

/// The fate of a batch.
enum BatchResult {
    /// The batch is durable, but for the records named here by their place in the batch, which broke a rule.
    case committed(rejected: [Int: ExperimentError])
    /// Nothing of the batch is in the file; a later batch may fare better.
    case failed(ExperimentError)
    /// Nothing is acknowledged any more, from this batch on.
    case stopped(ExperimentError)
}

/// The work that one batch leaves to do.
enum DrainProgress {
    /// The queue was empty.
    case nothingLeft
    /// The caller of every record of the batch was told.
    case written
    /// The batch failed, and its acknowledged records are back in the queue.
    case kept
}

extension StorageFailure {
    /// The failure of a writer at whose path other files lie than those it has open.
    static let moved = StorageFailure.lost(
        "the database or its log was renamed, deleted, replaced or truncated while in use")
}
