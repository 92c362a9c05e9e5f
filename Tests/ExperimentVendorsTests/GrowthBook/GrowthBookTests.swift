import ExperimentVendors
import Experimentation
import Foundation
import Testing

@Suite("Assignment as GrowthBook")
struct GrowthBookTests {
    typealias Vector = GrowthBookVector

    @Test("answers every line of the SDK's vectors under each of its text encodings, read through the payload")
    func vectors() throws {
        let vectors = try Vectors.read("growthbook.jsonl", as: Vector.self)
        var checked: [String: Int] = [:]
        for vector in vectors {
            for (encoding, expected) in vector.expectations {
                switch vector.kind {
                case "hash": try checkHash(vector, expected, encoding)
                case "feature": try checkFeature(vector, expected, encoding)
                default: try checkExperiment(vector, expected, encoding)
                }
            }
            checked[vector.kind, default: 0] += 1
        }
        #expect(
            checked == [
                "hash": 42, "experiment": 231, "namespace": 38, "filters": 25, "ranges": 21, "override": 25,
                "numeric_attribute": 14, "sticky": 17, "feature": 25,
            ])
        #expect(try Vectors.lines("growthbook.jsonl").count == 438)
    }

    private func checkHash(_ vector: Vector, _ expected: Vector.Expectation, _ encoding: TextEncoding) throws {
        let hash = GrowthBookHash(
            seed: try #require(vector.seed), version: try #require(vector.version), encoding: encoding)
        let value = try #require(vector.value)
        #expect(hash.point(of: value) == expected.hash, "\(vector.id) \(encoding)")
    }

    private func checkExperiment(_ vector: Vector, _ expected: Vector.Expectation, _ encoding: TextEncoding) throws {
        let file = VendorValue.object([
            "features": .object([:]), "experiments": .array([try #require(vector.experiment)]),
        ])
        let payload = try GrowthBookPayload(json: Vectors.json(file))
        let experiment = try #require(payload.experiments.first)
        let decision = experiment.decide(for: vector.user, encoding: encoding)
        #expect(decision.isInExperiment == expected.inExperiment, "\(vector.id) \(encoding)")
        #expect(decision.variationIndex == expected.index, "\(vector.id) \(encoding)")
        #expect(same(decision.variationKey, expected.variant), "\(vector.id) \(encoding)")
        #expect(decision.isHashUsed == expected.hashUsed, "\(vector.id) \(encoding)")
        #expect(decision.bucket == expected.bucket, "\(vector.id) \(encoding)")
        if let id = vector.userId {
            let bucketing = GrowthBookBucketing(experiment.settings(encoding), seed: experiment.hashSeed)
            #expect(bucketing.point(of: id) == expected.hash, "\(vector.id) \(encoding)")
            if vector.kind == "experiment" || vector.kind == "ranges" || vector.kind == "namespace" {
                #expect(bucketing.index(of: id) == expected.index, "\(vector.id) \(encoding)")
            }
        }
        guard vector.kind == "sticky" else { return }
        #expect(decision.isStickyBucketUsed == expected.stickyUsed, "\(vector.id) \(encoding)")
        let kept = (decision.stickyBuckets ?? []).map { ("\($0.attributeName)||\($0.attributeValue)", $0) }
        #expect(
            Dictionary(uniqueKeysWithValues: kept) == expected.stickyDocsAfter ?? [:], "\(vector.id) \(encoding)")
    }

    private func checkFeature(_ vector: Vector, _ expected: Vector.Expectation, _ encoding: TextEncoding) throws {
        let payload = try GrowthBookPayload(
            json: Vectors.json(VendorValue.object(["features": try #require(vector.features)])))
        let feature = try #require(payload.features.first { same($0.name, vector.feature) })
        var options = GrowthBookOptions()
        options.encoding = encoding
        let answer = feature.value.answer(feature.name, for: vector.user, options)
        #expect(answer.value == expected.value, "\(vector.id) \(encoding)")
        #expect(answer.source.rawValue == expected.source, "\(vector.id) \(encoding)")
        #expect(same(answer.experiment, expected.experimentKey), "\(vector.id) \(encoding)")
        #expect(answer.decision?.variationIndex == expected.index, "\(vector.id) \(encoding)")
        #expect(answer.decision?.bucket == expected.bucket, "\(vector.id) \(encoding)")
    }
}

/// A line of `Fixtures/growthbook.jsonl`, made by running the official SDK.
struct GrowthBookVector: Decodable {
    struct Expectation: Decodable {
        let hash: Double?
        let inExperiment: Bool?
        let variant: String?
        let index: Int?
        let hashUsed: Bool?
        let bucket: Double?
        let stickyUsed: Bool?
        let stickyDocsAfter: [String: GrowthBookStickyBuckets]?
        let value: VendorValue?
        let source: String?
        let experimentKey: String?
    }

    let id: String
    let kind: String
    let seed: String?
    let value: String?
    let version: Int?
    let attributes: [String: VendorValue]?
    let userId: String?
    let experiment: VendorValue?
    let forcedVariations: [String: Int]?
    let qaMode: Bool?
    let stickyBucketing: Bool?
    let stickyDocs: [String: GrowthBookStickyBuckets]?
    let features: VendorValue?
    let feature: String?
    let expect: Expectation
    let alt: [String: Expectation]?

    /// The answers that are expected under each text encoding.
    var expectations: [(TextEncoding, Expectation)] {
        [
            (.utf16, expect), (.utf8, alt?["utf8"] ?? expect), (.codepoint, alt?["codepoint"] ?? expect),
        ]
    }

    var user: GrowthBookUser {
        let forced = (forcedVariations ?? [:]).map { (VendorName($0), $1) }
        return GrowthBookUser(
            attributes: attributes ?? [:], forcedVariations: Dictionary(uniqueKeysWithValues: forced),
            isQA: qaMode ?? false,
            stickyBuckets: stickyBucketing == true ? Array((stickyDocs ?? [:]).values) : nil)
    }
}
