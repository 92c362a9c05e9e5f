import ExperimentStorage
import Experimentation
import Foundation

func checkout(at path: String, userID: String) async throws {
    let store = try await ExperimentStore.open(at: path)
    try await store.define(
        Experiment(
            id: "checkout_button_color",
            variants: [VariantDefinition("control", isControl: true), VariantDefinition("treatment")]))

    let context = ExperimentContext(userID: userID)
    let variant = try store.assign("checkout_button_color", for: context)  // in memory
    // … render variant.variantID …
    try await store.recordExposure(ExposureRecord(of: variant, to: context))  // returns when it is on disk
    try await store.recordOutcome(
        OutcomeRecord(
            experiment: nil, metric: "revenue", value: .numeric(49.90), userID: userID, timestamp: .now))

    await store.close()
}
