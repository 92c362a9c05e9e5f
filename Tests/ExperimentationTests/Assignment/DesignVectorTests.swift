import Experimentation
import Foundation
import TestSupport
import Testing

@Suite("Designs against an independent implementation")
struct DesignVectorTests {
    /// A line of `Fixtures/design-hash.jsonl`, which `design_hash.py` beside it wrote.
    struct Vector: Decodable {
        struct Points: Decodable {
            let coverage: Double
            let namespace: Double
            let holdout: Double
            let variant: Double
        }

        let experiment: String
        let unit: String
        let phase: Int
        let coverage: Double
        let namespace: String
        let range: [Double]
        let holdout: String
        let share: Double
        let points: Points
        let index: Int?

        var seed: String { phase == 1 ? experiment : "\(experiment)#\(phase)" }
    }

    static func vectors() throws -> [Vector] {
        let file = URL(filePath: Checkout.file("Tests/ExperimentationTests/Fixtures/design-hash.jsonl"))
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Vector.self, from: Data($0.utf8))
        }
    }

    @Test("the keys of coverage, namespace, holdout and re-randomised phases hash to the same points, bit for bit")
    func points() throws {
        let vectors = try Self.vectors()
        #expect(vectors.count == 400)
        for vector in vectors {
            let unit = vector.unit
            #expect(DefaultHash("\(vector.experiment):\(unit):coverage").point == vector.points.coverage)
            #expect(DefaultHash("\(vector.namespace):\(unit):namespace").point == vector.points.namespace)
            #expect(DefaultHash("\(vector.holdout):\(unit):holdout").point == vector.points.holdout)
            #expect(DefaultHash("\(vector.seed):\(unit)").point == vector.points.variant)
        }
    }

    @Test("assign enrolls the same units, in the same variants, and gives the others the control")
    func answers() throws {
        var enrolled = 0
        for vector in try Self.vectors() {
            let experiment = try Experiment(
                id: vector.experiment,
                variants: [
                    VariantDefinition("v0", weight: 1), VariantDefinition("v1", weight: 2, isControl: true),
                    VariantDefinition("v2", weight: 1),
                ], coverage: vector.coverage,
                namespace: NamespaceClaim(vector.namespace, from: vector.range[0], to: vector.range[1]))
            let holdout = try Holdout(name: vector.holdout, share: vector.share)
            let assigner = try Assigner(experiment, seed: Seed(vector.seed), holdout: holdout, at: 0)
            let answer = try assigner.assign(ExperimentContext(userID: vector.unit))
            #expect(answer.variantID == vector.index.map { VariantName("v\($0)") } ?? "v1")
            #expect(answer.enrollment == (vector.index == nil ? .notEnrolled : .enrolled))
            if vector.index != nil { enrolled += 1 }
            guard vector.phase == 1 else { continue }
            let plugin = try HashExperimentPlugin([experiment], holdout: holdout)
            #expect(try plugin.assign(vector.experiment, for: ExperimentContext(userID: vector.unit)) == answer)
        }
        #expect(enrolled > 100)
    }
}
