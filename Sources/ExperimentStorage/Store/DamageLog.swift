import ExperimentDefinitions
import Logging

/// Names damaged experiments in the log, each once, not with every change of another one.
///
/// One damaged experiment must keep neither a server from starting nor another experiment from its stop.
struct DamageLog {
    private let logger: Logger
    private var named: Set<DamagedExperiment> = []

    init(_ logger: Logger) { self.logger = logger }

    /// Names the experiments that cannot be read, but those that were named before and still cannot.
    mutating func name(_ unreadable: [DamagedExperiment]) {
        for experiment in unreadable where !named.contains(experiment) {
            logger.error(
                "an experiment of the file cannot be read; it stays what it was for this process, or else enrolls nobody",
                metadata: ["reason": "\(experiment.reason)"])
        }
        named = Set(unreadable)
    }
}
