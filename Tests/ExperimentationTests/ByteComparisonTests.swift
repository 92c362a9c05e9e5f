import Experimentation
import TestSupport
import Testing

@Suite("Ids are bytes")
struct ByteComparisonTests {
    let composed = "caf\u{e9}"
    let decomposed = "cafe\u{301}"

    @Test("what Swift calls equal is two ids")
    func strings() {
        #expect(composed == decomposed)
        #expect(!composed.isSameBytes(as: decomposed))
        #expect(ByteString(composed) != ByteString(decomposed))
        #expect(Set([ByteString(composed), ByteString(decomposed), ByteString(composed)]).count == 2)
        #expect(Optional(composed).isSameBytes(as: Optional(composed)))
        #expect(!Optional(composed).isSameBytes(as: nil))
    }

    @Test("values with ids compare bytes")
    func values() throws {
        #expect(Shop.exposure(composed) != Shop.exposure(decomposed))
        #expect(Shop.exposure("u", composed) != Shop.exposure("u", decomposed))
        #expect(Shop.outcome(composed) != Shop.outcome(decomposed))
        #expect(Shop.outcome("u", metric: composed) != Shop.outcome("u", metric: decomposed))
        #expect(ExperimentContext(userID: composed) != ExperimentContext(userID: decomposed))
        #expect(
            ExperimentContext(attributes: [composed: "1"]) != ExperimentContext(attributes: [decomposed: "1"]))
        #expect(
            ExperimentContext(attributes: ["a": composed]) != ExperimentContext(attributes: ["a": decomposed]))
        #expect(VariantDefinition(composed) != VariantDefinition(decomposed))
        #expect(try Shop.button(composed) != Shop.button(decomposed))
        #expect(try Guardrail(metric: composed) != Guardrail(metric: decomposed))
        #expect(
            try MetricDefinition(name: composed, kind: .bool) != MetricDefinition(name: decomposed, kind: .bool))
        let answers = [composed, decomposed, composed].map {
            Variant(experiment: "e", variantID: $0, isControl: true)
        }
        #expect(Set(answers).count == 2)
        #expect(Set([composed, decomposed, composed].map { Shop.exposure($0) }).count == 2)
        #expect(Set([composed, decomposed, composed].map { Shop.outcome($0) }).count == 2)
    }

    @Test("two experiments may differ in nothing but their normalisation")
    func experiments() throws {
        let plugin = try HashExperimentPlugin([Shop.button(composed), Shop.button(decomposed)])
        #expect(Array(try plugin.assign(composed, for: .init()).experiment.utf8) == Array(composed.utf8))
        #expect(Array(try plugin.assign(decomposed, for: .init()).experiment.utf8) == Array(decomposed.utf8))
        let only = try HashExperimentPlugin([Shop.button(composed)])
        #expect(throws: ExperimentError.experimentNotFound(decomposed)) { try only.assign(decomposed, for: .init()) }
        #expect(throws: ExperimentError.self) { try HashExperimentPlugin([Shop.button("e"), Shop.button("e")]) }
    }
}
