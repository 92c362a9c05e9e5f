import ExperimentVendors
import Experimentation
import Foundation
import Testing

@Suite("Assignment as Optimizely")
struct OptimizelyTests {
    typealias Vector = OptimizelyVector

    @Test("answers every line of the SDK's vectors under each of its text encodings, read through the datafile")
    func vectors() throws {
        var checked: [String: Int] = [:]
        var legacy = 0
        for vector in try Vectors.read("optimizely.jsonl", as: Vector.self) {
            for (encoding, expected) in vector.expectations {
                switch vector.kind {
                case "hash": try checkHash(vector, expected, encoding)
                case "flag", "holdout": try checkFlag(vector, expected, encoding)
                default: try checkExperiment(vector, expected, encoding)
                }
            }
            checked[vector.kind, default: 0] += 1
            legacy += vector.expectations.count - 1
        }
        #expect(
            checked == [
                "hash": 49, "experiment": 205, "group": 41, "bucketing_id": 25, "override": 20, "flag": 37,
                "holdout": 33,
            ])
        #expect(try Vectors.lines("optimizely.jsonl").count == 410)
        #expect(try Vectors.lines("optimizely.jsonl").count { $0.contains(#""js_legacy""#) } == legacy)
    }

    private func checkHash(_ vector: Vector, _ expected: Vector.Expectation, _ encoding: TextEncoding) throws {
        let entity = try #require(vector.entityId)
        let hash = OptimizelyHash.hash(vector.userId, entity, encoding: encoding)
        if let expected = expected.hash { #expect(hash == expected, "\(vector.id) \(encoding)") }
        let bucket = OptimizelyHash.bucket(vector.userId, entity, encoding: encoding)
        #expect(bucket == expected.bucket, "\(vector.id) \(encoding)")
    }

    private func checkExperiment(_ vector: Vector, _ expected: Vector.Expectation, _ encoding: TextEncoding) throws {
        let experiment = try #require(vector.experiment)
        let id = try #require(experiment.fields["id"]?.string)
        let datafile = try OptimizelyDatafile(json: vector.datafile())
        let variation = datafile.variation(ofExperiment: VendorName(id), for: vector.user, encoding: encoding)
        #expect(same(variation, expected.variant), "\(vector.id) \(encoding)")
        #expect(same(vector.user.bucketingID, vector.bucketingId), "\(vector.id)")
        let bucket = OptimizelyHash.bucket(vector.user.bucketingID, id, encoding: encoding)
        #expect(bucket == expected.bucket, "\(vector.id) \(encoding)")
        guard let groupID = datafile.groups.first?.id, let expected = expected.groupBucket else { return }
        let groupBucket = OptimizelyHash.bucket(vector.user.bucketingID, groupID.text, encoding: encoding)
        #expect(groupBucket == expected, "\(vector.id) \(encoding)")
    }

    private func checkFlag(_ vector: Vector, _ expected: Vector.Expectation, _ encoding: TextEncoding) throws {
        let name = try #require(vector.flag)
        let datafile = try OptimizelyDatafile(json: vector.datafile())
        let decision = datafile.decide(flag: VendorName(name), for: vector.user, encoding: encoding)
        #expect(same(decision?.variation, expected.variant), "\(vector.id) \(encoding)")
        #expect(same(decision?.rule, expected.rule), "\(vector.id) \(encoding)")
        for (entity, expected) in expected.buckets ?? [:] {
            let bucket = OptimizelyHash.bucket(vector.user.bucketingID, entity, encoding: encoding)
            #expect(bucket == expected, "\(vector.id) \(encoding)")
        }
    }

    @Test("answers the check values that Optimizely's SDKs share")
    func shared() {
        #expect(OptimizelyHash.bucket("ppid1", "1886780721") == 5254)
        #expect(OptimizelyHash.bucket("ppid2", "1886780721") == 4299)
        #expect(OptimizelyHash.bucket("ppid3", "1886780721") == 5439)
        #expect(OptimizelyHash.bucket("ppid2", "1886780722") == 2434)
    }
}

/// A line of `Fixtures/optimizely.jsonl`, made by running the official SDK.
struct OptimizelyVector: Decodable {
    struct Expectation: Decodable {
        let hash: UInt32?
        let variant: String?
        let bucket: Int?
        let groupBucket: Int?
        let rule: String?
        let buckets: [String: Int]?
    }
    struct Profile: Decodable {
        struct Entry: Decodable {
            let variationId: VendorName
        }
        let experimentBucketMap: [String: Entry]
    }

    let id: String
    let kind: String
    let userId: String
    let entityId: String?
    let bucketingId: String?
    let attributes: [String: VendorValue]?
    let experiment: VendorValue?
    let group: VendorValue?
    let userProfile: Profile?
    let flag: String?
    let experiments: [VendorValue]?
    let rollout: VendorValue?
    let holdouts: [VendorValue]?
    let localHoldouts: [VendorValue]?
    let expect: Expectation
    let alt: [String: Expectation]?

    /// The answers that are expected under each text encoding.
    var expectations: [(TextEncoding, Expectation)] {
        [(.utf8, expect)] + (alt?["js_legacy"].map { [(.utf16LowByte, $0)] } ?? [])
    }

    var user: OptimizelyUser {
        let profile = (userProfile?.experimentBucketMap ?? [:]).map { (VendorName($0), $1.variationId) }
        return OptimizelyUser(
            userID: userId, attributes: attributes ?? [:], profile: Dictionary(uniqueKeysWithValues: profile))
    }

    /// The datafile the line stands for.
    func datafile() throws -> Data {
        var file: [String: VendorValue] = [
            "version": .string("4"), "experiments": .array(experiments ?? experiment.map { [$0] } ?? []),
            "holdouts": .array(holdouts ?? []), "localHoldouts": .array(localHoldouts ?? []),
        ]
        if let experiment, var group = group?.fields {
            group["experiments"] = .array([experiment])
            file["groups"] = .array([.object(group)])
            file["experiments"] = .array([])
        }
        if let flag {
            let rules = rollout?.fields["rules"] ?? .array([])
            let id = rollout?.fields["id"] ?? .string("")
            file["rollouts"] = .array([.object(["id": id, "experiments": rules])])
            file["featureFlags"] = .array([
                .object([
                    "id": .string("1"), "key": .string(flag), "rolloutId": id,
                    "experimentIds": .array((experiments ?? []).map { $0.fields["id"] ?? .null }),
                ])
            ])
        }
        return try Vectors.json(VendorValue.object(file))
    }
}
