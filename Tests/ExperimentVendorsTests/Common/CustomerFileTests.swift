import ExperimentVendors
import Experimentation
import Foundation
import Testing

/// The parts of teams' files that a plan got wrong.
@Suite("Files as teams have them")
struct CustomerFileTests {
    private func carryOver(_ vendor: Vendor, _ json: String) throws -> CarryOver {
        try vendor.carryOver(json: Data(json.utf8))
    }

    @Test(
        "GrowthBook: an earlier rule from which nobody can get a variation takes nobody",
        arguments: [
            #"{"key": "one", "variations": [0]}"#,
            #"{"key": "extra", "variations": [0, 1], "ranges": [[0, 0], [0, 0], [0, 1]]}"#,
            #"{"key": "passing", "variations": [0, 1], "meta": [{"passthrough": true}], "ranges": [[0, 1], [0.2, 1]]}"#,
        ])
    func emptyEarlierRule(_ rule: String) throws {
        let json = #"{"features": {"f": {"rules": [\#(rule), {"key": "e", "variations": [0, 1]}]}}}"#
        let carried = try carryOver(.growthBook, json)
        #expect(carried.experiments.last?.id == "e")
        let feature = try #require(GrowthBookPayload(json: Data(json.utf8)).features.first?.value)
        for number in 0..<100 {
            let id = "u\(number)"
            let answer = feature.answer("f", for: GrowthBookUser(attributes: ["id": .string(id)]))
            let variant = try carried.plugin().assign("e", for: ExperimentContext(userID: id))
            #expect(variant.enrollment == .enrolled && same(variant.variantID, answer.decision?.variationKey?.text))
        }
    }

    @Test("GrowthBook: an earlier rule of filters alone takes whom they let through, whatever its own hash is")
    func filtersAlone() throws {
        let carried = try carryOver(
            .growthBook,
            """
            {"features": {"f": {"rules": [{"force": 1, "hashVersion": 3, "filters": [{"seed": "s", "ranges": [[0, 1]]}]},
            {"key": "e", "variations": [0, 1]}]}}}
            """)
        let variant = try carried.plugin().assign("e", for: ExperimentContext(userID: "u1"))
        #expect(variant.enrollment == .notEnrolled)
    }

    @Test("GrowthBook: an experiment that forces a variation it does not have is refused", arguments: [2, -1])
    func forcesNothing(_ force: Int) throws {
        let carried = try carryOver(
            .growthBook, #"{"features": {}, "experiments": [{"key": "e", "variations": [0, 1], "force": \#(force)}]}"#)
        #expect(carried.experiments.isEmpty && carried.items.map(\.path) == ["experiments[0].force"])
    }

    /// The share of 20,000 units that each variant has, and the share that it should have by the weights.
    private func shares(_ carried: CarryOver) throws -> [(counted: Double, weight: Double)] {
        let experiment = try #require(carried.experiments.first)
        let plugin = try carried.plugin()
        var counts: [VariantName: Double] = [:]
        for number in 0..<20_000 {
            let variant = try plugin.assign(experiment.id.text, for: ExperimentContext(userID: "u\(number)"))
            if variant.enrollment == .enrolled { counts[variant.variantID, default: 0] += 1 }
        }
        let total = counts.values.reduce(0, +)
        let weights = experiment.design.variants.map(\.weight)
        return experiment.design.variants.map {
            (counts[$0.variantID, default: 0] / total, $0.weight / weights.reduce(0, +))
        }
    }

    @Test(
        "the weights are the shares of those who take part, whatever comes before the split",
        arguments: [
            // The rollout hashes the feature's key, as the experiment does.
            (
                Vendor.growthBook,
                #"{"features": {"f": {"rules": [{"force": 0, "coverage": 0.2}, {"variations": [0, 1]}]}}}"#
            ),
            (.growthBook, #"{"features": {"f": {"rules": [{"variations": [0, 1], "weights": [0.2, 0.81]}]}}}"#),
            // Filters on the experiment's own hash leave out the second variation, and much of the first.
            (
                .growthBook,
                #"""
                {"features": {"f": {"rules": [{"key": "e", "hashVersion": 2, "variations": [0, 1, 2],
                "filters": [{"seed": "e", "ranges": [[0.2, 0.4], [0.8, 1]]}]}]}}}
                """#
            ),
            // The rollout takes half of the units of the first variation, who pass its own filter.
            (
                .growthBook,
                #"""
                {"features": {"f": {"rules": [{"force": 0, "coverage": 0.5, "filters": [{"seed": "s", "ranges": [[0, 0.5]]}]},
                {"variations": [0, 1]}]}}}
                """#
            ),
            // The same filter lets through whom the rollout takes, and then nobody of its half is left.
            (
                .growthBook,
                #"""
                {"features": {"f": {"rules": [{"force": 0, "coverage": 0.4, "filters": [{"seed": "s", "ranges": [[0, 0.5]]}]},
                {"variations": [0, 1], "filters": [{"seed": "s", "ranges": [[0, 0.4]]}]}]}}}
                """#
            ),
            // The allocation hashes the salt of the groups.
            (
                .statsig,
                #"""
                {"feature_gates": [], "dynamic_configs": [{"name": "e", "salt": "s", "enabled": true, "entity": "experiment",
                "rules": [{"id": "a", "passPercentage": 100, "conditions": [{"type": "user_bucket", "operator": "gte",
                "targetValue": 650, "additionalValues": {"salt": "s"}}]}, {"id": "1", "groupName": "Control",
                "isExperimentGroup": true, "passPercentage": 100, "conditions": [{"type": "user_bucket",
                "operator": "lt", "targetValue": 500, "additionalValues": {"salt": "s"}}]}, {"id": "2",
                "groupName": "Test", "isExperimentGroup": true, "passPercentage": 100, "conditions": [
                {"type": "user_bucket", "operator": "lt", "targetValue": 1000, "additionalValues": {"salt": "s"}}]}]}]}
                """#
            ),
            (.postHog, flag(#"{"rollout_percentage": 20, "variant": "test"}, {"rollout_percentage": 80}"#)),
            (.postHog, flag(#"{"rollout_percentage": 30, "variant": "test"}"#)),
            (.postHog, flag(#"{"rollout_percentage": 30}, {"rollout_percentage": 10, "variant": "test"}"#)),
        ])
    func weights(_ vendor: Vendor, _ json: String) throws {
        for share in try shares(carryOver(vendor, json)) {
            // Four standard errors of a share among 4,000 units or more.
            #expect(abs(share.counted - share.weight) < 0.032, "\(share)")
        }
    }

    private static func flag(_ groups: String) -> String {
        """
        {"flags": [{"key": "e", "active": true, "filters": {"groups": [\(groups)], "multivariate": {"variants": [
        {"key": "control", "rollout_percentage": 60}, {"key": "test", "rollout_percentage": 40}]}}}]}
        """
    }

    @Test("Statsig: a gate that decides only about an experiment that does not come along is named, too")
    func gateOfRefused() throws {
        let carried = try carryOver(
            .statsig,
            """
            {"feature_gates": [{"name": "holdout", "salt": "s", "enabled": true, "rules": []}], "dynamic_configs": [
            {"name": "e", "salt": "s", "enabled": true, "entity": "experiment", "rules": [
            {"id": "h", "passPercentage": 100, "conditions": [{"type": "pass_gate", "targetValue": "holdout"}]},
            {"id": "prestart", "passPercentage": 100, "conditions": [{"type": "public"}]}]}]}
            """)
        #expect(carried.items.map(\.path) == ["feature_gates[0]", "dynamic_configs[0]"])
        #expect(carried.items.last?.reason.contains("before its start") == true)
    }

    @Test("Statsig: a name in a list of buckets that is no number is a problem")
    func bucketNames() {
        #expect(throws: VendorFileError.self) {
            try carryOver(
                .statsig,
                """
                {"feature_gates": [], "dynamic_configs": [], "condition_map": {"1": {"type": "user_bucket",
                "operator": "any", "targetValue": {"0": true, "x": true}}}}
                """)
        }
    }

    @Test("Statsig: testers by user id in an experiment that counts companies refuse it: they are no companies")
    func foreignTesters() throws {
        let carried = try carryOver(
            .statsig,
            """
            {"feature_gates": [], "dynamic_configs": [{"name": "e", "salt": "s", "enabled": true, "idType": "companyID",
            "entity": "experiment", "rules": [{"id": "o", "groupName": "Control", "passPercentage": 100, "conditions": [
            {"type": "user_field", "field": "userID", "operator": "any", "targetValue": ["u"], "idType": "companyID"}]},
            {"id": "g", "groupName": "Control", "passPercentage": 100, "isExperimentGroup": true, "conditions": [
            {"type": "user_bucket", "operator": "lt", "targetValue": 1000, "additionalValues": {"salt": "s"},
            "idType": "companyID"}]}]}]}
            """)
        #expect(carried.experiments.isEmpty && carried.items.map(\.path) == ["dynamic_configs[0].rules[0]"])
    }

    @Test("Optimizely: the path of targeting is that of the field that is in force")
    func audienceConditions() throws {
        let carried = try carryOver(
            .optimizely,
            """
            {"version": "4", "experiments": [{"id": "1", "key": "e", "status": "Running", "audienceIds": ["7"],
            "audienceConditions": ["or", "7"], "variations": [{"id": "2", "key": "control"}],
            "trafficAllocation": [{"entityId": "2", "endOfRange": 10000}]}]}
            """)
        #expect(carried.items.map(\.path) == ["experiments[0].audienceConditions"])
    }
}
