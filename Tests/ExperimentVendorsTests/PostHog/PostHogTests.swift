import ExperimentVendors
import Experimentation
import Foundation
import Testing

@Suite("Assignment as PostHog")
struct PostHogTests {
    /// A line of `Fixtures/posthog.jsonl`, made by running the official SDK.
    struct Vector: Decodable {
        struct Expectation: Decodable {
            let hash: Double?
            let value: VendorValue?
            let rolloutHash: Double?
            let variantHash: Double?
            let holdoutHash: Double?
        }

        let id: String
        let kind: String
        let key: String?
        let salt: String?
        let bucketingValue: String?
        let flag: VendorValue?
        let distinctId: String?
        let deviceId: String?
        let groups: [String: String]?
        let groupProperties: [String: [String: VendorValue]]?
        let groupTypeMapping: [String: String]?
        let personProperties: [String: VendorValue]?
        let expect: Expectation
    }

    @Test("answers every line of the SDK's vectors, read through the local-evaluation file")
    func vectors() throws {
        var checked: [String: Int] = [:]
        for vector in try Vectors.read("posthog.jsonl", as: Vector.self) {
            if vector.kind == "hash" { try checkHash(vector) } else { try checkFlag(vector) }
            checked[vector.kind, default: 0] += 1
        }
        #expect(
            checked == [
                "hash": 49, "multivariate": 205, "boolean": 49, "conditions": 33, "group": 25, "device": 16,
                "holdout": 25, "edge": 8,
            ])
        #expect(try Vectors.lines("posthog.jsonl").count == 410)
    }

    private func checkHash(_ vector: Vector) throws {
        let hash = PostHogHash(key: try #require(vector.key))
        let id = try #require(vector.bucketingValue)
        let salt = try #require(["": PostHogHash.Salt.none, "variant": .variant][vector.salt ?? "?"])
        #expect(hash.point(of: id, salt: salt) == vector.expect.hash, "\(vector.id)")
    }

    private func checkFlag(_ vector: Vector) throws {
        var file: [String: VendorValue] = ["flags": .array([try #require(vector.flag)])]
        file["group_type_mapping"] = .object((vector.groupTypeMapping ?? [:]).mapValues { .string($0) })
        let read = try PostHogFlags(json: Vectors.json(VendorValue.object(file)))
        let flag = try #require(read.flags.first)
        let user = PostHogUser(
            distinctID: try #require(vector.distinctId), deviceID: vector.deviceId, groups: vector.groups ?? [:],
            properties: vector.personProperties ?? [:], groupProperties: vector.groupProperties ?? [:])
        let decision = try #require(flag.decide(for: user, groupTypes: read.groupTypes), "\(vector.id)")
        #expect(decision.value == vector.expect.value, "\(vector.id)")
        guard let id = vector.bucketingValue else { return }
        let bucketing = PostHogBucketing(flag.settings, key: flag.key.text)
        #expect(bucketing.rolloutPoint(of: id) == vector.expect.rolloutHash, "\(vector.id)")
        #expect(bucketing.point(of: id) == vector.expect.variantHash, "\(vector.id)")
        if let expected = vector.expect.holdoutHash {
            #expect(PostHogHash.holdout.point(of: id) == expected, "\(vector.id)")
        }
        guard flag.isActive, flag.conditions.allSatisfy({ $0.properties.isEmpty }), !flag.isExitingEarly
        else { return }
        let index = bucketing.index(of: id)
        #expect(index.map { .variant(flag.variants[$0].key) } == decision.variant, "\(vector.id)")
    }
}

extension PostHogDecision {
    /// The answer as the SDK gives it.
    fileprivate var value: VendorValue {
        switch self {
        case .off: .bool(false)
        case .on: .bool(true)
        case .variant(let key): .string(key.text)
        case .heldOut(let id): .string("holdout-\(id)")
        }
    }

    /// The answer if it is a variant.
    fileprivate var variant: PostHogDecision? {
        if case .variant = self { self } else { nil }
    }
}
