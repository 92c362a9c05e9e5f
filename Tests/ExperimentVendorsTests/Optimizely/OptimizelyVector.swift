import ExperimentVendors
import Experimentation
import Foundation

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

    /// What is expected under each text encoding.
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
