public import Experimentation

extension ExperimentStore {
    /// Records an exposure and suspends until it is durable.
    /// - Parameter exposure: What was shown to whom, and when.
    /// - Throws: As the protocol says; a transient ``ExperimentError/backend(_:)`` may be tried again, safely when the
    ///   record has an id.
    public func recordExposure(_ exposure: ExposureRecord) async throws(ExperimentError) {
        try await core.submit(Entry(exposure))
    }

    /// Records an outcome and suspends until it is durable.
    /// - Parameter outcome: What was measured, of whom, and when.
    /// - Throws: As ``recordExposure(_:)-(ExposureRecord)``.
    public func recordOutcome(_ outcome: OutcomeRecord) async throws(ExperimentError) {
        try await core.submit(Entry(outcome))
    }

    /// Suspends until everything recorded before is durable; only of use with
    /// ``StoreConfiguration/Durability/enqueued``.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when something recorded before could not be written.
    public func flush() async throws(ExperimentError) {
        try await core.submit(nil)
    }

    /// Records an exposure and blocks the thread until it is durable.
    /// - Parameter exposure: What was shown to whom, and when.
    /// - Throws: As the asynchronous form.
    public func recordExposure(_ exposure: ExposureRecord) throws(ExperimentError) {
        try core.submitBlocking(Entry(exposure))
    }

    /// Records an outcome and blocks the thread until it is durable.
    /// - Parameter outcome: What was measured, of whom, and when.
    /// - Throws: As the asynchronous form.
    public func recordOutcome(_ outcome: OutcomeRecord) throws(ExperimentError) {
        try core.submitBlocking(Entry(outcome))
    }

    /// Blocks the thread until everything recorded before is durable.
    /// - Throws: As the asynchronous form.
    public func flush() throws(ExperimentError) {
        try core.submitBlocking(nil)
    }
}
