import Experimentation

/// Something that happened in the shop, in the order in which its server heard of it.
struct ShopEvent {
    enum Record {
        case exposure(ExposureRecord)
        case outcome(OutcomeRecord)
    }

    let record: Record
    /// When the server heard of it, in µs; later than it happened for a delayed one.
    let arrival: Int64

    /// Tells the plugin.
    func record(with plugin: any ExperimentPlugin) async throws(ExperimentError) {
        switch record {
        case .exposure(let exposure): try await plugin.recordExposure(exposure)
        case .outcome(let outcome): try await plugin.recordOutcome(outcome)
        }
    }
}
