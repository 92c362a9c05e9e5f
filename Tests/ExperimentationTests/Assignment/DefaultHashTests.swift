import Experimentation
import Foundation
import TestSupport
import Testing

@Suite("The default hash")
struct DefaultHashTests {
    /// A line of `Fixtures/default-hash.jsonl`, which an independent implementation wrote.
    struct Vector: Decodable {
        let id: String
        let experiment: String
        let userID: String
        let fnv1a64: String
        let fmix64: String
        let unit: Double
        let weights: [Double]
        let index: Int
    }

    static func vectors() throws -> [Vector] {
        let file = URL(filePath: Checkout.file("Tests/ExperimentationTests/Fixtures/default-hash.jsonl"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { path in
            let name = path[path.endIndex - 1].stringValue
            return Key(stringValue: name == "user_id" ? "userID" : name)
        }
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
            try decoder.decode(Vector.self, from: Data($0.utf8))
        }
    }

    struct Key: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    @Test("answers every published vector, bit for bit")
    func published() throws {
        let vectors = try Self.vectors()
        #expect(vectors.count == 400)
        for vector in vectors {
            let hash = DefaultHash("\(vector.experiment):\(vector.userID)")
            #expect(hash.fnv1a64 == UInt64(vector.fnv1a64, radix: 16), "\(vector.id)")
            #expect(hash.fmix64 == UInt64(vector.fmix64, radix: 16), "\(vector.id)")
            #expect(hash.point == vector.unit, "\(vector.id)")
            #expect(
                DefaultHash.point(experiment: vector.experiment, unitID: vector.userID) == vector.unit, "\(vector.id)")
            #expect(WeightedChoice(vector.weights).index(of: vector.unit) == vector.index, "\(vector.id)")
        }
    }

    @Test("the plugin assigns what the vectors say wherever their ids are legal")
    func plugin() throws {
        var assigned = 0
        for vector in try Self.vectors() where !vector.userID.isEmpty && !vector.userID.utf8.contains(0) {
            guard vector.userID.utf8.count <= 1_024 else { continue }
            let variants = vector.weights.enumerated().map { index, weight in
                VariantDefinition("v\(index)", weight: weight, isControl: index == 0)
            }
            guard let experiment = try? Experiment(id: vector.experiment, variants: variants) else { continue }
            let variant = try HashExperimentPlugin([experiment])
                .assign(vector.experiment, for: ExperimentContext(userID: vector.userID))
            #expect(variant.variantID == "v\(vector.index)", "\(vector.id)")
            assigned += 1
        }
        #expect(assigned > 300)
    }

    @Test("splits user1 … user1000 about in half, where the bare top bits of FNV-1a put 1 % on one side")
    func finaliser() {
        let hashes = (1...1_000).map { DefaultHash("new_checkout:user\($0)") }
        #expect(abs(hashes.count { $0.point < 0.5 } - 500) < 50)
        let bare = hashes.count { Double($0.fnv1a64 >> 11) * 0x1p-53 < 0.5 }
        #expect(min(bare, 1_000 - bare) < 20)
    }

    @Test("points are spread evenly: a chi-squared of 100 cells is ordinary")
    func even() {
        var cells = Array(repeating: 0.0, count: 100)
        for number in 0..<100_000 {
            cells[Int(DefaultHash.point(experiment: "e", unitID: "\(number)") * 100)] += 1
        }
        let chiSquared = cells.reduce(0) { $0 + ($1 - 1_000) * ($1 - 1_000) / 1_000 }
        // 99 degrees of freedom: mean 99, standard deviation 14.
        #expect(chiSquared > 40 && chiSquared < 170)
    }
}
