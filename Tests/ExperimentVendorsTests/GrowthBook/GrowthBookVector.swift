import ExperimentVendors
import Experimentation

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

    /// What is expected under each text encoding.
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
