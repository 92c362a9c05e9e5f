import ExperimentVendors
import Experimentation
import Foundation
import TestSupport
import Testing

@Suite("One unusual part never refuses a file")
struct UnusualPartTests {
    private func carryOver(_ vendor: Vendor, _ json: String) throws -> CarryOver {
        try vendor.carryOver(json: Data(json.utf8))
    }

    private func items(_ carried: CarryOver) -> [String] { carried.items.map { "\($0.loss.rawValue) \($0.path)" } }

    private static let rest = #""variations": ["blue", "green"], "meta": [{"key": "0"}, {"key": "1"}], "phase": "0""#

    @Test("GrowthBook: a prerequisite before an experiment is named as targeting, and all experiments come along")
    func prerequisite() throws {
        let gate = #"{"parentConditions": [{"id": "switch", "condition": {"value": {"$eq": true}}, "gate": true}]}"#
        let carried = try carryOver(
            .growthBook,
            """
            {"status": 200, "features": {"switch": {"defaultValue": true},
            "checkout": {"rules": [\(gate), {"key": "color", "hashVersion": 2, \(Self.rest)}]},
            "other": {"rules": [{"key": "other_test", "hashVersion": 2, \(Self.rest)}, \(gate)]}}}
            """)
        #expect(carried.experiments.map(\.id) == ["color", "other_test"])
        #expect(
            items(carried) == [
                "skipped features.switch", "approximated features.checkout.rules[0].parentConditions",
                "skipped features.other.rules[1]",
            ])
    }

    @Test(
        "GrowthBook: a rule that decides nothing is passed over, as the SDKs pass over it",
        arguments: [#"{"id": "y"}"#, #"{"variations": null, "weights": [0.5, 0.5]}"#, #"{"condition": {"a": 1}}"#])
    func nothing(_ rule: String) throws {
        let json = #"{"features": {"f": {"rules": [\#(rule), {"key": "e", \#(Self.rest)}]}}}"#
        let carried = try carryOver(.growthBook, json)
        #expect(carried.experiments.map(\.id) == ["e"] && !carried.items.contains { $0.loss == .refused })
        let feature = try #require(GrowthBookPayload(json: Data(json.utf8)).features.first?.value)
        #expect(feature.answer("f", for: GrowthBookUser(attributes: ["id": .string("u")])).source == .experiment)
    }

    @Test("GrowthBook: a forced variation is a winner only where it is everybody's")
    func forcedShare() throws {
        func carryOver(_ more: String) throws -> CarryOver {
            try self.carryOver(
                .growthBook,
                #"{"features": {}, "experiments": [{"key": "e", "variations": [0, 1], "force": 1\#(more)}]}"#)
        }
        for more in [#", "coverage": 0.2"#, #", "namespace": ["n", 0, 0.5]"#, #", "ranges": [[0, 0.4], [0.5, 1]]"#] {
            let carried = try carryOver(more)
            #expect(carried.experiments.isEmpty && items(carried) == ["refused experiments[0].force"], "\(more)")
        }
        for more in ["", #", "coverage": 1"#, #", "ranges": [[0, 0.4], [0.4, 1]]"#, #", "hashVersion": 2"#] {
            #expect(try carryOver(more).experiments.map(\.winner) == ["1"], "\(more)")
        }
        let second = #"{"variations": [0, 1], "key": "e", "force": 0}"#
        let behind = try self.carryOver(
            .growthBook, #"{"features": {"f": {"rules": [{"force": 1, "coverage": 0.1}, \#(second)]}}}"#)
        #expect(behind.experiments.isEmpty)
    }

    @Test("GrowthBook: a bandit is refused, and experiments that share a namespace but hash other attributes are said")
    func banditsAndNamespaces() throws {
        let carried = try carryOver(
            .growthBook,
            """
            {"features": {"f": {"rules": [{"key": "a", "contextualBandit": {"x": 1}, \(Self.rest)}]},
            "g": {"rules": [{"key": "b", "namespace": ["n", 0, 0.5], \(Self.rest)}]},
            "h": {"rules": [{"key": "c", "namespace": ["n", 0.5, 1], "hashAttribute": "company", \(Self.rest)}]}}}
            """)
        #expect(carried.experiments.map(\.id) == ["b", "c"])
        #expect(carried.items.first?.reason.contains("a bandit moves units") == true)
        let said = carried.items.filter { $0.reason.contains("do not exclude each other") }
        #expect(said.map(\.path) == ["features.h.rules[0]"])
        #expect(said.first?.reason.contains("with features.g.rules[0], which hashes id and not company") == true)
    }

    @Test("GrowthBook: behind a rule that cannot be read an experiment says that its units are not told apart")
    func unreadableRule() throws {
        let carried = try carryOver(
            .growthBook,
            #"{"features": {"f": {"rules": [{"force": 1, "coverage": "x"}, {"key": "e", \#(Self.rest)}]}, "g": 3}}"#)
        #expect(carried.experiments.map(\.id) == ["e"])
        #expect(
            items(carried) == [
                "approximated features.f.rules[1]", "refused features.f.rules[0].coverage", "refused features.g",
            ])
    }

    private static let groups = ["Control", "Test"].enumerated().map { index, name in
        """
        {"id": "g\(index)", "groupName": "\(name)", "passPercentage": 100, "isExperimentGroup": true, "conditions": [
        {"type": "user_bucket", "operator": "lt", "targetValue": \(500 * (index + 1)),
        "additionalValues": {"salt": "s"}}]}
        """
    }.joined(separator: ",")

    private static func statsig(gates: String, rules: String) -> String {
        """
        {"feature_gates": [\(gates)], "dynamic_configs": [{"name": "e", "salt": "s", "enabled": true,
        "entity": "experiment", "rules": [\(rules)]}]}
        """
    }

    @Test(
        "Statsig: a condition that compares with null is met as Statsig's SDKs meet it",
        arguments: [
            (#"{"type": "pass_gate", "targetValue": null}"#, false),
            (#"{"type": "fail_gate", "targetValue": null}"#, true),
            (#"{"type": "unit_id", "operator": "any", "targetValue": null}"#, false),
            (#"{"type": "user_field", "field": "userID", "operator": "any", "targetValue": null}"#, false),
            (#"{"type": "user_bucket", "operator": "lt", "targetValue": null}"#, false),
            (#"{"type": "user_bucket", "operator": "any", "targetValue": null}"#, false),
            (#"{"type": "user_bucket", "operator": "none", "targetValue": null}"#, true),
        ])
    func null(_ condition: String, _ isMet: Bool) throws {
        let gate = """
            {"name": "g", "salt": "t", "enabled": true, "defaultValue": false, "rules": [{"id": "r",
            "returnValue": true, "passPercentage": 100, "conditions": [\(condition)]}]}
            """
        let json = Self.statsig(gates: gate, rules: Self.groups)
        let specs = try StatsigSpecs(json: Data(json.utf8))
        let answer = specs.evaluate(try #require(specs.gate("g")), for: StatsigUser(userID: "u"))
        #expect(answer?.value == .bool(isMet))
        #expect(specs.carryOver().experiments.map(\.id) == ["e"])
        // In an experiment a rule that nobody meets is as good as none.
        let rule = #"{"id": "n", "passPercentage": 100, "conditions": [\#(condition)]}"#
        let carried = try carryOver(.statsig, Self.statsig(gates: "", rules: rule + "," + Self.groups))
        #expect(carried.experiments.isEmpty == isMet || condition.contains("user_bucket"), "\(carried.items)")
    }

    @Test("Statsig: a gate that cannot be read refuses the experiments that ask it, and no others")
    func unreadableGate() throws {
        let gate = #"{"name": "g", "salt": "t", "enabled": "yes", "rules": []}"#
        let asking = """
            {"id": "h", "passPercentage": 100, "conditions": [{"type": "pass_gate", "targetValue": "g"}]}, \(Self.groups)
            """
        let other = Self.statsig(gates: gate, rules: Self.groups)
        #expect(try carryOver(.statsig, other).experiments.map(\.id) == ["e"])
        #expect(items(try carryOver(.statsig, other)).contains("refused feature_gates[0].enabled"))
        let refused = try carryOver(.statsig, Self.statsig(gates: gate, rules: asking))
        #expect(refused.experiments.isEmpty && items(refused).contains("refused dynamic_configs[0].rules[0]"))
    }

    @Test("Statsig: in a file that does not say which rules are groups, the experiment's own salt says it")
    func olderFile() throws {
        let rules = Self.groups.replacingOccurrences(of: #""isExperimentGroup": true, "#, with: "")
        let size = """
            {"id": "", "groupName": "experimentSize", "passPercentage": 100, "conditions": [{"type": "user_bucket",
            "operator": "none", "targetValue": [1, 2, 3], "additionalValues": {"salt": "other"}}]}
            """
        let carried = try carryOver(.statsig, Self.statsig(gates: "", rules: size + "," + rules))
        #expect(carried.experiments.first?.design.variants.map(\.variantID) == ["Control", "Test"])
        #expect(carried.items.map(\.reason).contains { $0.contains("does not say which rules are groups") })
    }

    @Test("a tester whom no user can be is left out and named, and the experiment comes along")
    func impossibleTesters() throws {
        let long = String(repeating: "x", count: 1_025)
        let carried = try carryOver(
            .optimizely,
            """
            {"version": "4", "experiments": [{"id": "1", "key": "e", "status": "Running",
            "forcedVariations": {"": "control", "\(long)": "control", "tester": "control"},
            "variations": [{"id": "2", "key": "control"}],
            "trafficAllocation": [{"entityId": "2", "endOfRange": 10000}]}]}
            """)
        #expect(carried.experiments.first?.design.overrides.map(\.unitID) == ["tester"])
        let said = carried.items.filter { $0.reason.contains("no unit can have the id ''") }
        #expect(said.map(\.path) == ["experiments[0]"] && said.first?.reason.contains("nor 1 other") == true)
    }

    @Test("Statsig: a tester's id all in lower or upper case is the tester's too, since the SDKs compare without case")
    func testersCase() throws {
        let condition = #"{"type": "unit_id", "operator": "any", "targetValue": ["X368a"]}"#
        let rule = """
            {"id": "g1:userID:id_override", "groupName": "Test", "passPercentage": 100, "isExperimentGroup": false,
            "conditions": [\(condition)]}
            """
        let carried = try carryOver(.statsig, Self.statsig(gates: "", rules: rule + "," + Self.groups))
        let overrides = carried.experiments.first?.design.overrides ?? []
        #expect(Set(overrides.map(\.unitID)) == ["X368a", "x368a", "X368A"])
        #expect(carried.items.map(\.reason).contains { $0.contains("Statsig takes them in any case") })
    }

    @Test("PostHog: early access is named; Optimizely: a bandit, and flags or holdouts that cannot be read, are named")
    func earlyAccessAndBandits() throws {
        let variants = #""multivariate": {"variants": [{"key": "control", "rollout_percentage": 100}]}"#
        for field in [#""super_groups": [{"properties": [{"key": "x"}]}]"#, #""feature_enrollment": true"#] {
            let carried = try carryOver(
                .postHog, #"{"flags": [{"key": "e", "active": true, "filters": {\#(field), \#(variants)}}]}"#)
            #expect(carried.items.map(\.reason).contains { $0.contains("enrolled for early access") })
        }
        let carried = try carryOver(
            .optimizely,
            """
            {"version": "4", "revision": 5, "holdouts": [{"id": 4}], "featureFlags": 1, "experiments": [{"id": "1",
            "type": "mab", "key": "e", "status": "Running", "variations": [{"id": "2", "key": "control"}],
            "trafficAllocation": [{"entityId": "2", "endOfRange": 10000}]}]}
            """)
        #expect(carried.experiments.map(\.id) == ["e"])
        let reasons = carried.items.map(\.description)
        #expect(reasons.contains { $0.contains("a bandit moves its shares") })
        #expect(reasons.contains { $0.contains("some flags cannot be read") })
        #expect(reasons.contains { $0.hasPrefix("holdouts[0].id: refused: cannot be read") })
        #expect(reasons.contains("revision: approximated: this library does not know the field and did not read it"))
    }
}
