import Experimentation
import Foundation
import Testing

@Suite("Definitions of experiments")
struct ExperimentTests {
    static let pair = [VariantDefinition("a", isControl: true), VariantDefinition("b")]

    /// A definition that breaks one rule.
    struct Broken: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let field: String
        let make: @Sendable () throws(ExperimentError) -> Experiment

        init(
            _ testDescription: String, _ field: String,
            _ make: @escaping @Sendable () throws(ExperimentError) -> Experiment
        ) {
            self.testDescription = testDescription
            self.field = field
            self.make = make
        }
    }

    static let broken: [Broken] = [
        Broken("no id", "experiment") { () throws(ExperimentError) in try Experiment(id: "", variants: pair) },
        Broken("129 bytes", "experiment") { () throws(ExperimentError) in
            try Experiment(id: String(repeating: "é", count: 64) + "x", variants: pair)
        },
        Broken("a line feed", "experiment") { () throws(ExperimentError) in
            try Experiment(id: "a\nb", variants: pair)
        },
        Broken("no variants", "variants") { () throws(ExperimentError) in try Experiment(id: "e", variants: []) },
        Broken("65 variants", "variants") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: (0..<65).map { VariantDefinition("v\($0)", isControl: $0 == 0) })
        },
        Broken("no variant id", "variant_id") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair + [VariantDefinition("")])
        },
        Broken("a variant twice", "variant_id") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair + [VariantDefinition("b")])
        },
        Broken("a negative weight", "weight") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair + [VariantDefinition("c", weight: -1)])
        },
        Broken("a weight that is no number", "weight") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair + [VariantDefinition("c", weight: .nan)])
        },
        Broken("an infinite weight", "weight") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair + [VariantDefinition("c", weight: .infinity)])
        },
        Broken("an infinite total", "weight") { () throws(ExperimentError) in
            try Experiment(
                id: "e",
                variants: [
                    VariantDefinition("a", weight: .greatestFiniteMagnitude, isControl: true),
                    VariantDefinition("b", weight: .greatestFiniteMagnitude),
                ])
        },
        Broken("no weight at all", "weight") { () throws(ExperimentError) in
            try Experiment(
                id: "e",
                variants: [VariantDefinition("a", weight: 0, isControl: true), VariantDefinition("b", weight: 0)])
        },
        Broken("no control", "is_control") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: [VariantDefinition("a"), VariantDefinition("b")])
        },
        Broken("two controls", "is_control") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair + [VariantDefinition("c", isControl: true)])
        },
        Broken("a strange winner", "winner") { () throws(ExperimentError) in
            try Experiment(id: "e", status: .stopped, variants: pair, winner: "c")
        },
        Broken("a winner while running", "winner") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair, winner: "b")
        },
        Broken("a coverage below 0", "coverage") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair, coverage: -0.1)
        },
        Broken("a coverage above 1", "coverage") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair, coverage: 1.01)
        },
        Broken("a coverage that is no number", "coverage") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair, coverage: .nan)
        },
        Broken("a range from below 0", "namespace range") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair, namespace: NamespaceClaim("n", from: -0.1, to: 1))
        },
        Broken("a range beyond 1", "namespace range") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair, namespace: NamespaceClaim("n", from: 0, to: 1.1))
        },
        Broken("an empty range", "namespace range") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair, namespace: NamespaceClaim("n", from: 0.5, to: 0.5))
        },
        Broken("a range that ends at no number", "namespace range") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair, namespace: NamespaceClaim("n", from: 0.5, to: .nan))
        },
        Broken("a namespace without a name", "namespace") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair, namespace: NamespaceClaim("", from: 0, to: 1))
        },
        Broken("an override to a strange variant", "override variant_id") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair, overrides: [VariantOverride(unitID: "u", variantID: "c")])
        },
        Broken("an override of nobody", "override unit_id") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair, overrides: [VariantOverride(unitID: "", variantID: "a")])
        },
        Broken("two overrides of a unit", "override unit_id") { () throws(ExperimentError) in
            try Experiment(
                id: "e", variants: pair,
                overrides: ["a", "b"].map { VariantOverride(unitID: "u", variantID: $0) })
        },
        Broken("an end before the start", "ends_at") { () throws(ExperimentError) in
            try Experiment(
                id: "e", variants: pair, startsAt: Date(timeIntervalSince1970: 9),
                endsAt: Date(timeIntervalSince1970: 9))
        },
        Broken("a start in the year 10000", "starts_at") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair, startsAt: Date(timeIntervalSince1970: 253_402_300_800))
        },
        Broken("an empty seed", "seed") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair, seed: "")
        },
        Broken("settings that are no object", "settings") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair, settings: "[1]")
        },
        Broken("a share above 1", "holdout share") { () throws(ExperimentError) in
            _ = try Holdout(share: 1.1)
            return try Experiment(id: "e", variants: pair)
        },
        Broken("a share that is no number", "holdout share") { () throws(ExperimentError) in
            _ = try Holdout(share: .nan)
            return try Experiment(id: "e", variants: pair)
        },
        Broken("a goal without a name", "goal") { () throws(ExperimentError) in
            try Experiment(id: "e", variants: pair, goals: [""])
        },
    ]

    @Test("each rule is checked, and the error names the field", arguments: broken)
    func rule(_ broken: Broken) {
        let error = #expect(throws: ExperimentError.self) { try broken.make() }
        guard case .invalidContext(let input) = error else {
            Issue.record("not invalidContext")
            return
        }
        #expect(input.field == broken.field)
        #expect(!input.rule.isEmpty)
    }

    @Test("what is odd but legal is accepted")
    func legal() throws {
        _ = try Experiment(id: "a", variants: [VariantDefinition("only", isControl: true)])
        _ = try Experiment(id: "a", variants: [VariantDefinition("a", weight: 0, isControl: true), .init("b")])
        _ = try Experiment(id: "a", status: .stopped, variants: Self.pair, winner: "b")
        _ = try Experiment(id: "a", variants: (0..<64).map { VariantDefinition("v\($0)", isControl: $0 == 63) })
        let composed = VariantDefinition("caf\u{e9}")
        let decomposed = VariantDefinition("cafe\u{301}")
        #expect(try Experiment(id: "a", variants: Self.pair + [composed, decomposed]).design.variants.count == 4)
        let tiny = VariantDefinition("t", weight: .leastNonzeroMagnitude)
        _ = try Experiment(id: "a", variants: Self.pair + [tiny])
    }

    @Test("guardrails check their numbers and names")
    func guardrails() throws {
        for margin in [-0.1, 1, .nan, .infinity] {
            #expect(throws: ExperimentError.self) { try Guardrail(metric: "m", margin: margin) }
        }
        #expect(throws: ExperimentError.self) { try Guardrail(metric: "", margin: 0) }
        #expect(try Guardrail(metric: "m", margin: 0.999).margin == 0.999)
    }
}
