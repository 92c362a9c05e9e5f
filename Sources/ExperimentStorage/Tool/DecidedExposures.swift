import ExperimentDatabase
import ExperimentDefinitions
public import Experimentation

/// The counts of imported exposures about which times decided what the records did not say.
public struct DecidedExposures: Sendable, Hashable {
    /// A phase of an experiment.
    public struct Phase: Sendable, Hashable {
        /// The experiment's id.
        public let experiment: ExperimentName
        /// The phase's number, from 1.
        public let number: Int
    }

    /// Exposures that lay outside of their experiment's runs: they are not running.
    public internal(set) var outsideOfRuns = 0
    /// The others, by the phase that they went into; of experiments that have several.
    public internal(set) var phases: [Phase: Int] = [:]

    /// Nothing was decided.
    public init() {}
}

/// Counts what times decide of exposures as they are imported.
struct ExposureDecisions {
    private var spans: ExposureSpans
    private(set) var counts = DecidedExposures()

    init(_ connection: borrowing Connection) throws {
        spans = try ExposureSpans(connection)
    }

    /// Reads again what changed definitions decide.
    mutating func refresh(_ connection: borrowing Connection) throws {
        spans = try ExposureSpans(connection)
    }

    /// Counts an exposure that was written.
    mutating func count(_ exposure: borrowing ExposureRecord, _ key: ExposureKey, hasSeveralPhases: Bool) {
        guard exposure.enrollment == nil || exposure.phase == nil,
            let span = spans.span(of: key.variantRow, at: exposure.timestampMicroseconds)
        else { return }
        if exposure.enrollment == nil, !span.isInRun {
            counts.outsideOfRuns += 1
        } else if exposure.phase == nil, hasSeveralPhases {
            counts.phases[.init(experiment: exposure.experiment, number: span.phase), default: 0] += 1
        }
    }
}
