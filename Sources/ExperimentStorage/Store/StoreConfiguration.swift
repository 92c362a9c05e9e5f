import ExperimentDefinitions
public import Experimentation
public import Logging
public import Metrics

/// The settings by which an ``ExperimentStore`` writes.
public struct StoreConfiguration: Sendable {
    /// The mishap that a recorded event survives by the time the call returns.
    public enum Durability: Sendable, Hashable {
        /// Power loss. Calls that arrive together share one flush to disk, so this costs about a tenth of the rate.
        case powerLoss
        /// The end of the process, but not of the machine.
        case processCrash
        /// Nothing yet: the call returns once the event is queued; `flush()` of the store waits for the disk.
        case enqueued
    }

    /// The behaviour of a call when the queue is full.
    public enum FullQueue: Sendable, Hashable {
        /// The call waits for room.
        case wait
        /// The call throws a transient ``Experimentation/ExperimentError/backend(_:)``; the event is not recorded.
        case reject
    }

    /// The behaviour of opening while another process owns the file.
    public enum OwnedFile: Sendable, Hashable {
        /// Opening waits for the other process to leave, at most ``StoreConfiguration/ownerWait``.
        case wait
        /// The store records beside the other process at once, as an import does, and owns the file when the other process
        /// has left: a rolling deploy without a gap.
        case join
    }

    /// The mishap that a recorded event survives; power loss by default.
    public var durability: Durability = .powerLoss
    /// Events that may wait to be written; 65,536 by default.
    ///
    /// A batch is at most 4,096 of them.
    public var queueCapacity = 65_536
    /// Bytes of events that may wait to be written; 64 MiB by default.
    public var queueBytes = 67_108_864
    /// The behaviour of a call when the queue is full; the call waits by default.
    public var whenQueueIsFull: FullQueue = .wait
    /// The mode of a new file: 0600 by default, 0640 lets a group of analysts read it.
    public var filePermissions: UInt32 = 0o600
    /// The longest wait for the file's previous owner to leave, so that a rolling deploy works; 10 s by default.
    public var ownerWait: Duration = .seconds(10)
    /// The behaviour of opening while another process owns the file; opening waits by default.
    ///
    /// A file of an older schema cannot be joined, since its owner may not know the newer one: then it waits.
    public var whenOwned: OwnedFile = .wait
    /// The store's name in logs and in the dimension `database` of its metrics; the file's path by default.
    public var name: String?
    /// The time for which an exposure identical to an earlier one of this process is not stored again; nil stores all.
    ///
    /// Identical means the same phase, variant, ids, attributes and enrollment, at the same time or later.
    ///
    /// `.seconds(3600)` suits a shop: a visitor's page views of an hour are one row.
    public var repeatSuppression: Duration?
    /// The number of exposures ``repeatSuppression`` remembers at least, and at most twice as many; 100,000 by default.
    ///
    /// Each takes 24 bytes. A unit that is seen again after more others than that is stored again.
    public var repeatLimit = 100_000
    /// The longest time that a record may lie ahead of this machine's clock; a day by default, nil for any time.
    ///
    /// A time beyond it is a mistake of the caller's, such as nanoseconds taken for microseconds, and is refused.
    public var clockTolerance: Duration? = .seconds(86_400)
    /// The time between two looks for schedules and for definitions that another process changed; 1 s by default.
    public var definitionRefresh: Duration = .seconds(1)
    /// Length of the write-ahead log, in pages of 4 KiB, from which it is copied into the file; 1,000 by default.
    public var checkpointPages = 1_000
    /// The algorithms that experiments of the file may name; only the default one by default.
    public var algorithms = AssignmentAlgorithms.standard
    /// Definitions to compare this store's answers with, one for an experiment, by an algorithm of ``algorithms``; none
    /// by default.
    ///
    /// `assign` also computes what such a definition would answer, and ``ExperimentStore/shadowCounts`` tells how often
    /// that was something else. Nobody gets those answers. So a move from another system, or to another seed, can be
    /// watched before it is made.
    public var shadows: [Experiment] = []
    /// The logger to which the store reports what an operator should know.
    public var logger = Logger(label: "experiments.store")
    /// The maker of the store's counters and gauges; by default the metrics system in force where the configuration is
    /// made.
    public var metrics: any MetricsFactory = MetricsSystem.factory

    /// Creates the default configuration.
    public init() {}

    /// Refuses numbers that nothing could work with.
    func check() throws(ExperimentError) {
        let positive = [
            ("queueCapacity", queueCapacity), ("queueBytes", queueBytes), ("checkpointPages", checkpointPages),
            ("repeatLimit", repeatLimit),
        ]
        for (field, value) in positive where value < 1 { throw .invalid(field, "must be at least 1") }
        if let clockTolerance, clockTolerance < .zero { throw .invalid("clockTolerance", "must not be negative") }
        guard filePermissions & 0o600 == 0o600, filePermissions <= 0o777 else {
            throw .invalid("filePermissions", "must let the owner read and write, such as 0o600 or 0o640")
        }
    }
}
