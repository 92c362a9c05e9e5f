import ExperimentVendors
import Experimentation
import Foundation
import TestSupport
import Testing

@Suite("The readings of the reference plugin, and the search for the algorithm of a log")
struct ReferenceHashTests {
    /// A line of the vectors of the default hash, which have the other readings beside.
    private struct Vector: Decodable {
        let experiment: String
        let userId: String
        let otherReadings: [String: Double]
    }

    @Test("each reading answers every line of the vectors, which an independent program wrote")
    func vectors() throws {
        let path = Checkout.file("Tests/ExperimentationTests/Fixtures/default-hash.jsonl")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let columns: [(ReferenceHash, String, scale: Double)] = [
            (.top53Of64, "fnv64Top53", 1), (.modulo10000Of64, "fnv64Mod10000", 1), (.all32, "fnv32Over2p32", 1),
            (.modulo10000Of32, "fnv32Mod10000", 1), (.modulo100Of32, "fnv32Mod100", 100),
        ]
        for line in lines {
            let vector = try decoder.decode(Vector.self, from: Data(line.utf8))
            for (reading, column, scale) in columns {
                let expected = try #require(vector.otherReadings[column] ?? vector.otherReadings[snake(column)])
                let point = reading.point(experiment: vector.experiment, unitID: vector.userId)
                #expect((point * scale).isNearly(expected), "\(reading) \(vector)")
            }
        }
        #expect(lines.count == 400)
    }

    /// The column as the file writes it: keys of dictionaries are not converted.
    private func snake(_ column: String) -> String {
        ["fnv64Top53": "fnv64_top53", "fnv64Mod10000": "fnv64_mod10000", "fnv32Over2p32": "fnv32_over_2p32"][column]
            ?? (column == "fnv32Mod10000" ? "fnv32_mod10000" : "fnv32_mod100")
    }

    private static let variants = [
        VariantDefinition("a", weight: 2, isControl: true), VariantDefinition("b", weight: 1),
        VariantDefinition("c", weight: 1),
    ]

    @Test("a reading is a named algorithm of a store: it assigns by its own point, and takes no settings")
    func algorithms() throws {
        for reading in ReferenceHash.allCases {
            let experiment = try Experiment(
                id: "e", variants: Self.variants, algorithm: reading.algorithm)
            let plugin = try HashExperimentPlugin([experiment], algorithms: .vendors)
            for number in 0..<200 {
                let point = reading.point(experiment: "e", unitID: "u\(number)")
                let expected: VariantName = point < 0.5 ? "a" : point < 0.75 ? "b" : "c"
                #expect(try plugin.assign("e", for: ExperimentContext(userID: "u\(number)")).variantID == expected)
            }
            let design = try Experiment.Design(variants: Self.variants, algorithm: reading.algorithm, settings: "{}")
            #expect(throws: ExperimentError.self) { try AssignmentAlgorithms.buckets(of: design, seed: "e") }
        }
    }

    @Test("the search names the algorithm and the seed that wrote a log, whichever it was", arguments: 0..<17)
    func search(number: Int) throws {
        let design = try Experiment.Design(variants: Self.variants)
        let other = try AlgorithmSearch(design, seeds: ["salt"]).ranking
        let writer = other[number % other.count]
        let writing = try Experiment(
            id: "e", variants: Self.variants, algorithm: writer.algorithm, seed: "salt", settings: writer.settings)
        let plugin = try HashExperimentPlugin([writing], algorithms: .vendors)
        var search = try AlgorithmSearch(design, seeds: ["e", "salt"])
        for number in 0..<500 {
            let id = "unit \(number) é😀"
            let added = search.add(
                UnitID(id), try plugin.assign("e", for: ExperimentContext(userID: id)).variantID)
            #expect(added)
        }
        let unknown = search.add("u", "z")
        #expect(!unknown && search.units == 500)
        let best = try #require(search.ranking.first)
        #expect(best.agreeing == 500 && best.seed == "salt" && best.algorithm == writer.algorithm)
        #expect(search.ranking.count { $0.agreeing == 500 } <= 2)
    }
}

extension Double {
    fileprivate func isNearly(_ other: Double) -> Bool { abs(self - other) < 1e-12 * Swift.max(1, abs(other)) }
}
