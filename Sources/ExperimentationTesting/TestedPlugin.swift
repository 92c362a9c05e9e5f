public import Experimentation

/// A fresh backend under test, and what it can tell about itself.
public struct TestedPlugin: Sendable {
    /// The backend.
    public let plugin: any ExperimentPlugin
    let storedExposures: (@Sendable () async throws -> Int)?
    let storedOutcomes: (@Sendable () async throws -> Int)?
    let close: @Sendable () async -> Void

    /// Describes a backend.
    /// - Parameters:
    ///   - plugin: The backend, empty of records.
    ///   - storedExposures: How many exposures are durable now, asked from outside the backend where that is possible,
    ///     as on a second connection; nil when the backend stores none.
    ///   - storedOutcomes: How many outcomes are durable now; nil when the backend stores none.
    ///   - close: Lets the backend go, after the promise was checked.
    public init(
        _ plugin: any ExperimentPlugin, storedExposures: (@Sendable () async throws -> Int)? = nil,
        storedOutcomes: (@Sendable () async throws -> Int)? = nil, close: @escaping @Sendable () async -> Void = {}
    ) {
        self.plugin = plugin
        self.storedExposures = storedExposures
        self.storedOutcomes = storedOutcomes
        self.close = close
    }
}
