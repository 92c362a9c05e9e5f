import ExperimentVendors
import Experimentation
import Foundation
import Testing

/// The SDK's answer, for a unit that a plugin can be asked about.
private struct Expected {
    let experiment: String
    let unitID: String
    /// Nil for a unit that takes no part.
    let variantID: String?
}

@Suite("Vectors carried over")
struct CarryOverVectorTests {
    /// The number of times the imported experiment could be asked, and why the others were refused.
    struct Tally: Equatable {
        var agreed = 0
        var refused: [String: Int] = [:]
        /// Ids that no user has here: empty, longer than 1,024 bytes or with U+0000.
        var illegal = 0
    }

    /// Imports a file and asks the plugin what the SDK was asked.
    private func check(
        _ vendor: Vendor, _ json: Data, _ encoding: TextEncoding? = nil, _ line: String, _ expected: Expected,
        _ tally: inout Tally
    ) throws {
        let carried = try vendor.carryOver(json: json, encoding: encoding)
        guard let experiment = carried.experiments.first(where: { same($0.id, expected.experiment) }) else {
            let item = try #require(carried.items.first { $0.loss == .refused }, "\(line): dropped silently")
            tally.refused[item.reason, default: 0] += 1
            return
        }
        let id = expected.unitID
        guard !id.isEmpty, id.utf8.count <= 1_024, !id.utf8.contains(0) else {
            tally.illegal += 1
            return
        }
        let context = ExperimentContext(userID: id)
        let variant = try carried.plugin().assign(experiment.id.text, for: context)
        if let variantID = expected.variantID {
            #expect(same(variant.variantID, variantID), "\(line) \(carried.items)")
            #expect(variant.enrollment != .notEnrolled, "\(line)")
        } else {
            #expect(
                variant.isControl && variant.enrollment != .enrolled, "\(line): \(variant.variantID) \(carried.items)")
        }
        tally.agreed += 1
    }

    @Test("GrowthBook's experiments, namespaces, ranges, filters and features")
    func growthBook() throws {
        var tally = Tally()
        var lines = 0
        for vector in try Vectors.read("growthbook.jsonl", as: GrowthBookVector.self) {
            guard let unitID = vector.userId, vector.attributes?["id"]?.string != nil, vector.qaMode != true,
                vector.forcedVariations == nil, vector.stickyBucketing != true
            else { continue }
            lines += 1
            for (encoding, expectation) in vector.expectations {
                var file: [String: VendorValue] = ["features": vector.features ?? .object([:])]
                file["experiments"] = vector.experiment.map { .array([$0]) }
                let given = vector.experiment?.fields["key"]?.string ?? vector.features.flatMap(Self.experimentKey)
                let key = try #require(given)
                let isIn = expectation.inExperiment == true
                let index = expectation.index ?? 0
                let names = Self.variationNames(vector)
                try check(
                    .growthBook, Vectors.json(VendorValue.object(file)), encoding, vector.id,
                    Expected(experiment: key, unitID: unitID, variantID: isIn ? names[index] : nil), &tally)
            }
        }
        #expect(lines == 349)
        #expect(
            tally
                == Tally(
                    agreed: 1_017, refused: ["a filter hashes another attribute than the experiment": 9], illegal: 21))
    }

    private static func experimentKey(_ features: VendorValue) -> String? {
        guard let (name, feature) = features.fields.first, let rule = rules(feature).last else { return nil }
        return rule.fields["key"]?.string ?? name
    }

    private static func rules(_ feature: VendorValue) -> [VendorValue] {
        if case .array(let rules) = feature.fields["rules"] { rules } else { [] }
    }

    private static func variationNames(_ vector: GrowthBookVector) -> [String] {
        let experiment = vector.experiment ?? vector.features?.fields.values.first.flatMap { rules($0).last }
        guard case .array(let meta) = experiment?.fields["meta"] else { return [] }
        return meta.compactMap { $0.fields["key"]?.string }
    }

    @Test("PostHog's flags with variants")
    func postHog() throws {
        var tally = Tally()
        var lines = 0
        for vector in try Vectors.read("posthog.jsonl", as: PostHogTests.Vector.self) {
            // With several sets on properties a flag is refused; what a single one says is the caller's to see to.
            guard let flag = vector.flag, let unitID = vector.bucketingValue, vector.kind != "conditions" else {
                continue
            }
            lines += 1
            let file = VendorValue.object(["flags": .array([flag])])
            let value = vector.expect.value?.string
            let variant = value.flatMap { $0.hasPrefix("holdout-") ? nil : $0 }
            let key = try #require(flag.fields["key"]?.string)
            try check(
                .postHog, Vectors.json(file), nil, vector.id,
                Expected(experiment: key, unitID: unitID, variantID: variant), &tally)
        }
        #expect(lines == 326)
        #expect(
            tally
                == Tally(
                    agreed: 264,
                    refused: ["a flag without variants is no experiment: it stays with your flags": 55], illegal: 7))
    }

    @Test("Optimizely's experiments, groups, holdouts and flags")
    func optimizely() throws {
        var tally = Tally()
        var lines = 0
        for vector in try Vectors.read("optimizely.jsonl", as: OptimizelyVector.self) {
            guard vector.kind != "hash", vector.userProfile == nil else { continue }
            for (encoding, expectation) in vector.expectations {
                if let experiment = vector.experiment {
                    let key = try #require(experiment.fields["key"]?.string)
                    try check(
                        .optimizely, vector.datafile(), encoding, vector.id,
                        Expected(experiment: key, unitID: vector.user.bucketingID, variantID: expectation.variant),
                        &tally)
                }
                for experiment in vector.experiments ?? [] {
                    let key = try #require(experiment.fields["key"]?.string)
                    let isDecided = same(expectation.rule, key)
                    try check(
                        .optimizely, vector.datafile(), encoding, vector.id,
                        Expected(
                            experiment: key, unitID: vector.user.bucketingID,
                            variantID: isDecided ? expectation.variant : nil), &tally)
                }
            }
            lines += 1
        }
        #expect(lines == 355)
        #expect(tally == Tally(agreed: 381, refused: ["weight must have a positive, finite total": 5], illegal: 2))
    }

    @Test("Statsig's experiments with holdouts, targets, overrides and layers")
    func statsig() throws {
        var tally = Tally()
        var lines = 0
        for vector in try Vectors.read("statsig.jsonl", as: StatsigVector.self) {
            var file = StatsigFile(isByName: lines % 2 == 0)
            if let experiment = vector.experiment { file.add(experiment) }
            if let layer = vector.layer { file.add(layer) }
            let experiments =
                (vector.experiment.map { [$0] } ?? []) + (vector.layer?.experiments.map(\.experiment) ?? [])
            guard !experiments.isEmpty else { continue }
            lines += 1
            for experiment in experiments {
                let names = experiment.groups.map(\.id)
                let isDecided = vector.layer == nil || names.contains { same($0, vector.expect.ruleId) }
                let group = vector.layer == nil ? vector.expect.variant : vector.expect.group
                try check(
                    .statsig, Vectors.json(file.json), nil, vector.id,
                    Expected(experiment: experiment.name, unitID: vector.unitId, variantID: isDecided ? group : nil),
                    &tally)
            }
        }
        #expect(lines == 249)
        #expect(tally == Tally(agreed: 286, refused: [:], illegal: 2))
    }
}
