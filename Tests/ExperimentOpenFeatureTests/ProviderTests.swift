import ExperimentOpenFeature
import Experimentation
import Foundation
import Synchronization
import TestSupport
import Testing

/// A plugin that keeps what is recorded.
private final class KeepingPlugin: ExperimentPlugin {
    private let base: HashExperimentPlugin
    let exposures = Mutex<[ExposureRecord]>([])
    let outcomes = Mutex<[OutcomeRecord]>([])

    init(_ experiments: [Experiment]) throws { base = try HashExperimentPlugin(experiments) }

    var name: String { "keeping" }

    func assign(_ experiment: String, for context: ExperimentContext) throws(ExperimentError) -> Variant {
        try base.assign(experiment, for: context)
    }

    func recordExposure(_ exposure: ExposureRecord) { exposures.withLock { $0.append(exposure) } }

    func recordOutcome(_ outcome: OutcomeRecord) { outcomes.withLock { $0.append(outcome) } }
}

@Suite("A provider by OpenFeature's names")
struct ProviderTests {
    private let plugin: KeepingPlugin
    private let provider: ExperimentProvider<KeepingPlugin>

    init() throws {
        let tested = try Experiment(
            id: "tested", variants: Shop.button().design.variants,
            overrides: [VariantOverride(unitID: "qa", variantID: "treatment")])
        let sessions = try Experiment(id: "sessions", unit: .session, variants: Shop.button().design.variants)
        plugin = try KeepingPlugin([Shop.button(), Shop.button("draft", status: .draft), tested, sessions])
        provider = ExperimentProvider(plugin)
    }

    @Test("a string is the variant's id, a boolean whether it is not the control, both as the plugin assigns")
    func values() throws {
        #expect(provider.metadata.name == "keeping")
        for number in 0..<20 {
            let context = EvaluationContext(targetingKey: "user\(number)")
            let variant = try plugin.assign("button", for: ExperimentContext(userID: "user\(number)"))
            let text = provider.resolveStringEvaluation(flagKey: "button", defaultValue: "none", context: context)
            #expect(text.value == variant.variantID.text && text.variant == variant.variantID.text)
            #expect(text.reason == .split && text.errorCode == nil)
            let truth = provider.resolveBooleanEvaluation(flagKey: "button", defaultValue: true, context: context)
            #expect(truth.value == !variant.isControl)
        }
    }

    @Test(
        "the reason says how the value came about",
        arguments: [
            ("draft", "ada", .disabled), ("tested", "qa", .targetingMatch), ("button", nil, .default),
        ] as [(String, String?, ResolutionReason)])
    func reasons(_ flag: String, _ user: String?, _ reason: ResolutionReason) {
        let context = EvaluationContext(targetingKey: user)
        #expect(provider.resolveStringEvaluation(flagKey: flag, defaultValue: "x", context: context).reason == reason)
    }

    @Test("what cannot be resolved is the default with an error code, and never thrown")
    func errors() {
        let unknown = provider.resolveBooleanEvaluation(
            flagKey: "none", defaultValue: true, context: EvaluationContext(targetingKey: "ada"))
        #expect(unknown.value && unknown.variant == nil && unknown.reason == .error)
        #expect(unknown.errorCode == .flagNotFound && unknown.errorMessage != nil)
        let invalid = provider.resolveStringEvaluation(
            flagKey: "button", defaultValue: "x", context: EvaluationContext(targetingKey: ""))
        #expect(invalid.value == "x" && invalid.errorCode == .invalidContext)
    }

    @Test("the hook exposes what was resolved and shown, and nothing where a default was")
    func hook() async throws {
        let hook = ExposureHook(plugin)
        let context = EvaluationContext(targetingKey: "ada", attributes: ["session_id": "s1", "country": "nl"])
        let moment = Date(timeIntervalSince1970: 1_767_225_600)
        let shown = provider.resolveBooleanEvaluation(flagKey: "sessions", defaultValue: false, context: context)
        try await hook.after(shown, context: context, at: moment)
        let failed = provider.resolveBooleanEvaluation(flagKey: "none", defaultValue: false, context: context)
        try await hook.after(failed, context: context, at: moment)
        let exposures = plugin.exposures.withLock { $0 }
        #expect(exposures.count == 1)
        let exposure = try #require(exposures.first)
        #expect(exposure.experiment == "sessions" && exposure.variantID.text == shown.variant)
        #expect(exposure.userID == "ada" && exposure.sessionID == "s1" && exposure.attributes["country"] == "nl")
        #expect(exposure.timestamp == moment && exposure.enrollment == .enrolled)
    }

    @Test("a tracked event is an outcome of no experiment in particular: of its value, or that it happened")
    func tracking() async throws {
        let context = EvaluationContext(targetingKey: "ada")
        try await provider.track("revenue", context: context, details: TrackingEventDetails(value: 19.5, id: "order-1"))
        try await provider.track("signup", context: context)
        let outcomes = plugin.outcomes.withLock { $0 }
        #expect(outcomes.map(\.metric) == ["revenue", "signup"])
        #expect(outcomes.map(\.value) == [.numeric(19.5), .bool(true)])
        #expect(outcomes.allSatisfy { $0.experiment == nil && $0.userID == "ada" })
        #expect(outcomes[0].id == "order-1")
    }
}
