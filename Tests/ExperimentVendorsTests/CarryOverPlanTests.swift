import ExperimentVendors
import Experimentation
import Foundation
import Testing

@Suite("What a plan says")
struct CarryOverPlanTests {
    private func items(_ vendor: Vendor, _ json: String) throws -> [String] {
        try vendor.plan(json: Data(json.utf8)).items.map { "\($0.path) \($0.outcome.rawValue)" }
    }

    @Test("GrowthBook: rollouts, targeting, other attributes and what no unit reaches are named")
    func growthBook() throws {
        let json = """
            {"features": {"f": {"defaultValue": 0, "rules": [
            {"force": 1, "coverage": 0.1}, {"force": 2, "condition": {"country": "NL"}},
            {"key": "a", "variations": [0, 1], "hashVersion": 2, "condition": {"beta": true}, "hashAttribute": "company",
             "surprise": 1},
            {"key": "b", "variations": [0, 1], "hashVersion": 3},
            {"force": 3},
            {"key": "c", "variations": [0, 1]}]}}}
            """
        #expect(
            try items(.growthBook, json) == [
                "features.f.rules[0] refused", "features.f.rules[1] refused",
                "features.f.rules[2].hashAttribute approximated", "features.f.rules[2].condition approximated",
                "features.f.rules[2] approximated", "features.f.rules[2] approximated",
                "features.f.rules[2].surprise approximated", "features.f.rules[3].hashVersion refused",
                "features.f.rules[4] refused", "features.f.rules[5] refused",
            ])
        #expect(try Vendor.growthBook.plan(json: Data(json.utf8)).experiments.map(\.id) == ["a"])
    }

    @Test("GrowthBook: the second experiment of a feature gets only the units the first one leaves")
    func earlierExperiment() throws {
        let json = """
            {"features": {"f": {"defaultValue": 0, "rules": [
            {"key": "first", "variations": [0, 1], "coverage": 0.3, "namespace": ["n", 0, 0.5]},
            {"key": "second", "variations": [0, 1], "hashVersion": 2}]}}}
            """
        let payload = try GrowthBookPayload(json: Data(json.utf8))
        let feature = try #require(payload.features.first?.value)
        let plugin = try payload.plan().plugin()
        var counts: [String?: Int] = [:]
        for number in 0..<5_000 {
            let id = "u\(number)"
            let answer = feature.answer("f", for: GrowthBookUser(attributes: ["id": .string(id)]))
            counts[answer.experiment, default: 0] += 1
            for name in ["first", "second"] {
                let variant = try plugin.assign(name, for: ExperimentContext(userID: id))
                let isIn = variant.enrollment == .enrolled
                #expect(isIn == (answer.experiment == name), "\(id) \(name)")
                if isIn { #expect(variant.variantID == answer.decision?.variationKey, "\(id) \(name)") }
            }
        }
        #expect((counts["first"] ?? 0) > 600 && (counts["second"] ?? 0) > 4_000)
    }

    @Test("Statsig: gates, configs and layers are named, and the sample's experiments all come along")
    func statsig() throws {
        let json = try Data(contentsOf: Vectors.folder.appending(path: "statsig-dcs-sample-v2.json"))
        let plan = try Vendor.statsig.plan(json: json)
        #expect(plan.experiments.count == 12)
        let counts = Dictionary(grouping: plan.items) {
            "\($0.outcome.rawValue) \($0.path.prefix { $0 != "." })"
        }.mapValues(\.count)
        #expect(counts["refused feature_gates"] == 4)
        #expect(counts["approximated layer_configs"] == 3)
    }

    @Test("PostHog: plain flags, continuity, groups and several targeted sets are named")
    func postHog() throws {
        let variants = #""multivariate": {"variants": [{"key": "x", "rollout_percentage": 50}]}"#
        let sets = #"[{"properties": [{"key": "plan", "value": ["pro"]}]}, {"rollout_percentage": 10}]"#
        let json = """
            {"group_type_mapping": {"0": "company"}, "flags": [
            {"key": "plain", "active": true, "filters": {"groups": []}},
            {"key": "kept", "active": true, "ensure_experience_continuity": true, "filters": {\(variants)}},
            {"key": "sets", "active": true, "filters": {"groups": \(sets), \(variants)}},
            {"key": "company", "active": true, "filters": {"groups": [{}], "aggregation_group_type_index": 0, \(variants)}}]}
            """
        #expect(
            try items(.postHog, json) == [
                "flags[0] refused", "flags[1].ensure_experience_continuity refused",
                "flags[2].filters.groups[0].properties refused",
                "flags[3].filters.aggregation_group_type_index approximated", "flags[3] approximated",
            ])
    }

    @Test("Optimizely: audiences, bandits, rollouts and unknown overrides are named")
    func optimizely() throws {
        let rest = """
            "status": "Running", "variations": [{"id": "v", "key": "control"}],
            "trafficAllocation": [{"entityId": "v", "endOfRange": 10000}]
            """
        let json = """
            {"version": "4", "experiments": [
            {"id": "1", "key": "a", "audienceIds": ["9"], "forcedVariations": {"t": "nope", "u": "control"}, \(rest)},
            {"id": "2", "key": "b", "cmab": {"attributeIds": []}, \(rest)}],
            "rollouts": [{"id": "r", "experiments": [{"id": "3", "key": "c", \(rest)}]}]}
            """
        #expect(
            try items(.optimizely, json) == [
                "experiments[0].audienceIds approximated", "experiments[0].forcedVariations refused",
                "experiments[1].cmab refused", "rollouts[0] refused",
            ])
        let plan = try Vendor.optimizely.plan(json: Data(json.utf8))
        #expect(plan.experiments.map(\.overrides) == [[VariantOverride(unitID: "u", variantID: "control")]])
    }

    @Test("two experiments of one id are kept once when they are the same, and else the second is refused")
    func repeated() throws {
        let first = #"{"key": "e", "variations": [0, 1]}"#
        let other = #"{"key": "e", "variations": [0, 1], "coverage": 0.5}"#
        let json =
            #"{"features": {"f": {"rules": [\#(first)]}, "g": {"rules": [\#(first)]}, "h": {"rules": [\#(other)]}}}"#
        let plan = try Vendor.growthBook.plan(json: Data(json.utf8))
        #expect(plan.experiments.map(\.id) == ["e"])
        #expect(plan.items.map(\.path) == ["features.h.rules[0]"])
    }

    @Test("importing the same file twice plans the same, down to the text of the settings", arguments: [1, 2])
    func stable(version: Int) throws {
        let json = try Data(contentsOf: Vectors.folder.appending(path: "statsig-dcs-sample-v\(version).json"))
        let plans = try [Vendor.statsig.plan(json: json), Vendor.statsig.plan(json: json)]
        #expect(plans[0].experiments == plans[1].experiments)
    }
}
