public import Experimentation

/// A fresh backend under test, and what it can tell about itself.
public struct TestedPlugin: Sendable {
    /// The backend.
    public let plugin: any ExperimentPlugin
    let storedExposures: (@Sendable () async throws -> Int)?
    let storedOutcomes: (@Sendable () async throws -> Int)?
    let redefine: (@Sendable (Experiment) async throws -> Void)?
    let close: @Sendable () async -> Void

    /// Describes a backend.
    /// - Parameters:
    ///   - plugin: The backend, empty of records.
    ///   - storedExposures: How many exposures are durable now, asked from outside the backend where that is possible,
    ///     as on a second connection; nil when the backend stores none.
    ///   - storedOutcomes: How many outcomes are durable now; nil when the backend stores none.
    ///   - redefine: Makes another definition of one of its experiments true while it runs, as an operator would: more
    ///     coverage, or stopped with a winner. It returns when `assign` goes by the new one. Nil when definitions are
    ///     fixed; then a fresh backend is made with the new one in place of the old one.
    ///   - close: Lets the backend go, after the promise was checked.
    public init(
        _ plugin: any ExperimentPlugin, storedExposures: (@Sendable () async throws -> Int)? = nil,
        storedOutcomes: (@Sendable () async throws -> Int)? = nil,
        redefine: (@Sendable (Experiment) async throws -> Void)? = nil,
        close: @escaping @Sendable () async -> Void = {}
    ) {
        self.plugin = plugin
        self.storedExposures = storedExposures
        self.storedOutcomes = storedOutcomes
        self.redefine = redefine
        self.close = close
    }
}
