public import ExperimentStorage
import Experimentation
public import ServiceLifecycle

/// A store as a service of a `ServiceGroup`.
///
/// List the store **before** the application: a group stops its services in reverse order, so the application has answered
/// its last request when the store writes what is queued and lets the file go.
///
/// ```swift
/// let group = ServiceGroup(services: [store, application], gracefulShutdownSignals: [.sigterm], logger: logger)
/// ```
extension ExperimentStore: Service {
    /// Runs until the group shuts down gracefully, then closes the store.
    ///
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` as soon as writing has stopped for good, so that the
    ///   group ends and whoever runs the process starts it again. A full disk is no such end: it may be made room on.
    public func run() async throws {
        for await health in healthChanges.cancelOnGracefulShutdown() {
            if case .stopped(let failure) = health {
                await close()
                throw ExperimentError.backend(failure)
            }
        }
        await close()
    }
}
