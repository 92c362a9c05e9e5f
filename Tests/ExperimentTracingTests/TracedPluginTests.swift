import ExperimentTracing
import Experimentation
import InMemoryTracing
import MetricsTestKit
import TestSupport
import Testing
import Tracing

@Suite("Answers on spans and as counts")
struct TracedPluginTests {
    private let tracer = InMemoryTracer()
    private let metrics = TestMetrics()

    private func plugin(showingID: Bool = false) throws -> TracedPlugin<HashExperimentPlugin> {
        try TracedPlugin(
            HashExperimentPlugin([Shop.button(), Shop.button("draft", status: .draft)]), tracer: tracer,
            metrics: metrics, showingID: showingID, version: { $0 == "button" ? "3" : nil })
    }

    private func events() -> [SpanEvent] { tracer.finishedSpans.flatMap(\.events) }

    private func text(_ event: SpanEvent, _ key: String) -> String? {
        if case .string(let text) = event.attributes.get(key) { text } else { nil }
    }

    @Test("an answer is an event of the span under way, by OpenTelemetry's names, without the unit's id")
    func answers() throws {
        let plugin = try plugin()
        let context = ExperimentContext(userID: "ada")
        let variant = try tracer.withSpan("request") { _ in try plugin.assign("button", for: context) }
        let event = try #require(events().first)
        #expect(event.name == "feature_flag.evaluation")
        #expect(text(event, "feature_flag.key") == "button")
        #expect(text(event, "feature_flag.result.variant") == variant.variantID.text)
        #expect(text(event, "feature_flag.result.reason") == "split")
        #expect(text(event, "feature_flag.provider.name") == plugin.name)
        #expect(text(event, "feature_flag.version") == "3")
        #expect(text(event, "feature_flag.context.id") == nil)
        _ = try tracer.withSpan("request") { _ in try plugin.assign("draft", for: context) }
        #expect(text(events()[1], "feature_flag.result.reason") == "disabled")
        // Nothing is said of it, so the phase that answered is told.
        #expect(text(events()[1], "feature_flag.version") == "1")
    }

    @Test("the unit's id is there on request, and an unknown experiment is an event that says so")
    func requested() throws {
        let plugin = try plugin(showingID: true)
        _ = try tracer.withSpan("request") { _ in try plugin.assign("button", for: ExperimentContext(userID: "ada")) }
        #expect(text(events()[0], "feature_flag.context.id") == "ada")
        tracer.withSpan("request") { _ in
            _ = #expect(throws: ExperimentError.self) {
                try plugin.assign("none", for: ExperimentContext(userID: "ada"))
            }
        }
        #expect(text(events()[1], "feature_flag.result.reason") == "error")
        #expect(text(events()[1], "error.type") == "flag_not_found")
    }

    @Test("answers are counted by experiment, variant and enrollment, with or without a span")
    func counts() throws {
        let plugin = try plugin()
        for _ in 0..<3 { _ = try plugin.assign("draft", for: ExperimentContext(userID: "ada")) }
        let counter = try metrics.expectCounter(
            "experiments_assignments_total",
            [("experiment", "draft"), ("variant", "control"), ("enrollment", "not_running")])
        #expect(counter.totalValue == 3)
        #expect(events().isEmpty)
    }

    @Test("no answer is missed where many threads are the first to have one")
    func concurrent() async throws {
        let plugin = try plugin()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for thread in 0..<8 {
                group.addTask {
                    try await onThread {
                        for user in 0..<500 {
                            _ = try plugin.assign("button", for: ExperimentContext(userID: "\(thread)-\(user)"))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let counts = try ["control", "treatment"].map { variant in
            try metrics.expectCounter(
                "experiments_assignments_total",
                [("experiment", "button"), ("variant", variant), ("enrollment", "enrolled")]
            ).totalValue
        }
        #expect(counts.reduce(0, +) == 4000)
    }

    @Test(
        "exposures that were recorded are counted beside the answers, so that an experiment that is never shown is seen"
    )
    func exposures() async throws {
        let plugin = try plugin()
        let variant = try plugin.assign("button", for: ExperimentContext(userID: "ada"))
        func counter(_ label: String, _ enrollment: [(String, String)] = []) throws -> TestCounter {
            try metrics.expectCounter(
                label, [("experiment", "button"), ("variant", variant.variantID.text)] + enrollment)
        }
        #expect(try counter("experiments_assignments_total", [("enrollment", "enrolled")]).totalValue == 1)
        #expect(throws: (any Error).self) { try counter("experiments_exposures_total") }
        try await plugin.recordExposure(Shop.exposure("ada", variant.variantID.text))
        try await plugin.recordExposure(Shop.exposure("ada", variant.variantID.text))
        #expect(try counter("experiments_exposures_total").totalValue == 2)
        await #expect(throws: ExperimentError.self) {
            try await plugin.recordExposure(Shop.exposure("ada", "none"))
        }
        #expect(try counter("experiments_exposures_total").totalValue == 2)
    }
}
