import Experimentation
import Foundation
import TestSupport
import Testing

@Suite("Names are bytes")
struct NameIdentityTests {
    let composed = "caf\u{e9}"
    let decomposed = "cafe\u{301}"

    @Test("what Swift calls equal is two names, and the same bytes are one")
    func equality() {
        #expect(composed == decomposed)
        #expect(UnitID(composed) != UnitID(decomposed))
        #expect(UnitID(composed) == UnitID("caf" + "\u{e9}"))
        #expect(Set([composed, decomposed, composed].map { UnitID($0) }).count == 2)
        #expect(UnitID("") != UnitID("\0") && UnitID("a") != UnitID("a\0"))
        // Whatever a text is longer or shorter by, or differs in, at whatever place.
        let text = "0123456789abcdefghijklmnopqrstuvwxyz"
        for (offset, index) in text.indices.enumerated() {
            #expect(UnitID(String(text[..<index])) != UnitID(text))
            var other = Array(text.utf8)
            other[offset] ^= 1
            #expect(UnitID(String(decoding: other, as: UTF8.self)) != UnitID(text))
        }
        #expect([composed, "a", decomposed, composed, "a"].map { UnitID($0) }.repeated == ["caf\u{e9}", "a"])
    }

    @Test("names are in the order of their bytes, as in the file")
    func order() {
        // Swift would take both spellings for one, and U+FF5E for more than U+10000 in UTF-16.
        let ordered: [VariantName] = ["", "B", "a", "ab", "cafe\u{301}", "caf\u{e9}", "\u{ff5e}", "\u{10000}"]
        for (offset, left) in ordered.enumerated() {
            for (other, right) in ordered.enumerated() { #expect((left < right) == (offset < other)) }
        }
        #expect(ordered.shuffled().sorted() == ordered)
    }

    @Test("in JSON a name is its text")
    func json() throws {
        struct Named: Codable, Equatable {
            let name: MetricName
            let missing: MetricName?
            let others: [MetricName]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let value = Named(name: "caf\u{e9} \"", missing: nil, others: ["a", "e\u{301}"])
        let data = try encoder.encode(value)
        #expect(String(decoding: data, as: UTF8.self) == #"{"name":"caf\#u{e9} \"","others":["a","e\#u{301}"]}"#)
        let read = try JSONDecoder().decode(Named.self, from: data)
        #expect(read == value)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([MetricName].self, from: Data("[1]".utf8)) }
    }

    @Test("a name is printed as its text")
    func text() {
        let number = 3
        #expect("\(ExperimentName(composed))" == composed && UnitID("user\(number)").text == "user3")
        #expect(("user\(number)" as UnitID) == "user3")
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
        #expect(try plugin.assign(composed, for: .init()).experiment == ExperimentName(composed))
        #expect(try plugin.assign(decomposed, for: .init()).experiment == ExperimentName(decomposed))
        let only = try HashExperimentPlugin([Shop.button(composed)])
        #expect(throws: ExperimentError.experimentNotFound(ExperimentName(decomposed))) {
            try only.assign(decomposed, for: .init())
        }
        #expect(throws: ExperimentError.self) { try HashExperimentPlugin([Shop.button("e"), Shop.button("e")]) }
    }
}
