import ExperimentDefinitions
import Logging

extension StoreCore {
    /// One damaged experiment must keep neither a server from starting nor another experiment from its stop; it is
    /// named once, not with every change of another one.
    static func report(_ owned: inout Owned, _ configuration: StoreConfiguration) {
        let unreadable = owned.writer.definitions.unreadable
        for experiment in unreadable where !owned.reported.contains(experiment) {
            configuration.logger.error(
                "an experiment of the file cannot be read; it stays what it was for this process, or else enrolls nobody",
                metadata: ["reason": "\(experiment.reason)"])
        }
        owned.reported = Set(unreadable)
    }

    func reportUnreadable(_ reason: String) {
        configuration.logger.error(
            "changed definitions could not be read; the ones before stay in force", metadata: ["reason": "\(reason)"])
    }
}
