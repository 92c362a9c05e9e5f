import ExperimentStorage
import Experimentation
import Foundation

/// Once, where the server starts.
func openStore(at path: String) async throws -> ExperimentStore {
    let store = try await ExperimentStore.open(at: path)
    // Of an experiment that exists, status, testers and winner stay what its operators decided.
    try await store.define(
        Experiment(
            id: "checkout_button_color",
            variants: [VariantDefinition("control", isControl: true), VariantDefinition("treatment")]))
    return store
}

/// In every request.
func checkout(_ store: ExperimentStore, userID: String) async throws {
    let context = ExperimentContext(userID: userID)
    let variant = try store.assign("checkout_button_color", for: context)  // in memory
    // … render variant.variantID …
    try await store.recordExposure(ExposureRecord(of: variant, to: context))  // returns when it is on disk
    try await store.recordOutcome(
        OutcomeRecord(
            experiment: nil, metric: "revenue", value: .numeric(49.90), userID: userID, timestamp: .now))
}

/// Once, after the last request.
func closeStore(_ store: ExperimentStore) async {
    await store.close()
}
