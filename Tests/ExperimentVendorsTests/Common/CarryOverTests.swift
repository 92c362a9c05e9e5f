import ExperimentVendors
import Experimentation
import Foundation
import Testing

@Suite("What a carry-over says")
struct CarryOverTests {
    private func items(_ vendor: Vendor, _ json: String) throws -> [String] {
        try vendor.carryOver(json: Data(json.utf8)).items.map { "\($0.path) \($0.loss.rawValue)" }
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
                "features.f.rules[3].hashVersion refused", "features.f.rules[4] refused",
                "features.f.rules[5] refused", "features.f.rules[2].surprise approximated",
            ])
        #expect(try Vendor.growthBook.carryOver(json: Data(json.utf8)).experiments.map(\.id) == ["a"])
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
        let plugin = try payload.carryOver().plugin()
        var counts: [String?: Int] = [:]
        for number in 0..<5_000 {
            let id = "u\(number)"
            let answer = feature.answer("f", for: GrowthBookUser(attributes: ["id": .string(id)]))
            counts[answer.experiment?.text, default: 0] += 1
            for name in ["first", "second"] {
                let variant = try plugin.assign(name, for: ExperimentContext(userID: id))
                let isIn = variant.enrollment == .enrolled
                #expect(isIn == (same(answer.experiment, name)), "\(id) \(name)")
                if isIn { #expect(same(variant.variantID, answer.decision?.variationKey?.text), "\(id) \(name)") }
            }
        }
        #expect((counts["first"] ?? 0) > 600 && (counts["second"] ?? 0) > 4_000)
    }

    @Test("the weights are the shares of units that come of the file's ranges, percentages and buckets")
    func weights() throws {
        func weights(_ vendor: Vendor, _ json: String) throws -> [Double] {
            try #require(vendor.carryOver(json: Data(json.utf8)).experiments.first).design.variants.map(\.weight)
        }
        let growthBook = #"{"features": {"f": {"rules": [{"variations": [1, 2], "ranges": [[0, 0.6], [0.4, 1]]}]}}}"#
        #expect(try weights(.growthBook, growthBook) == [600, 400])
        let postHog = """
            {"flags": [{"key": "e", "active": true, "filters": {"groups": [{}], "multivariate": {"variants": [
            {"key": "control", "rollout_percentage": 60}, {"key": "a", "rollout_percentage": 60},
            {"key": "b", "rollout_percentage": 60}]}}}]}
            """
        #expect(try weights(.postHog, postHog) == [60, 40, 0])
        let optimizely = """
            {"version": "4", "experiments": [{"id": "1", "key": "e", "status": "Running", "variations": [
            {"id": "2", "key": "control"}, {"id": "3", "key": "b"}], "trafficAllocation": [
            {"entityId": "2", "endOfRange": 1000}, {"entityId": "", "endOfRange": 5000},
            {"entityId": "3", "endOfRange": 6000}, {"entityId": "2", "endOfRange": 7000}]}]}
            """
        #expect(try weights(.optimizely, optimizely) == [2_000, 1_000])
    }

    @Test("Statsig: gates, configs and layers are named, and the sample's experiments all come along")
    func statsig() throws {
        let json = try Data(contentsOf: Vectors.folder.appending(path: "statsig-dcs-sample-v2.json"))
        let carried = try Vendor.statsig.carryOver(json: json)
        #expect(carried.experiments.count == 12)
        let counts = Dictionary(grouping: carried.items) {
            "\($0.loss.rawValue) \($0.path.prefix { $0 != "." })"
        }.mapValues(\.count)
        #expect(counts["refused feature_gates"] == 4)
        #expect(counts["approximated layer_configs"] == 3)
    }

    @Test("GrowthBook: a forced variation is a winner, but not of a draft or an inactive experiment")
    func forced() throws {
        let rest = #""variations": [0, 1], "meta": [{"key": "x"}, {"key": "y"}], "force": 1"#
        let json = """
            {"features": {}, "experiments": [{"key": "a", \(rest)}, {"key": "b", "status": "draft", \(rest)},
            {"key": "c", "active": false, \(rest)}, {"key": "d", "status": "stopped", \(rest)}]}
            """
        let experiments = try Vendor.growthBook.carryOver(json: Data(json.utf8)).experiments
        #expect(experiments.map(\.winner) == ["y", nil, nil, "y"])
        #expect(experiments.map(\.status) == [.stopped, .draft, .stopped, .stopped])
    }

    @Test("Statsig: a segment that gets a group is no holdout, and what is not carried over refuses the experiment")
    func statsigRules() throws {
        func carryOver(_ rule: String) throws -> CarryOver {
            let groups = ["Control", "Test"].enumerated().map { index, name in
                """
                {"id": "g\(index)", "groupName": "\(name)", "passPercentage": 100, "isExperimentGroup": true, "conditions": [
                {"type": "user_bucket", "operator": "lt", "targetValue": \(500 * (index + 1)),
                "additionalValues": {"salt": "s"}}]}
                """
            }
            let json = """
                {"feature_gates": [{"name": "gate", "salt": "t", "enabled": true, "rules": [{"id": "r", "salt": "r",
                "returnValue": true, "passPercentage": 50, "conditions": [{"type": "public"}]}]}], "dynamic_configs": [{"name": "e", "salt": "s",
                "enabled": true, "entity": "experiment", "rules": [\(rule), \(groups.joined(separator: ","))]}]}
                """
            return try Vendor.statsig.carryOver(json: Data(json.utf8))
        }
        func enrolled(_ carried: CarryOver) throws -> Int {
            let plugin = try carried.plugin()
            return try (0..<1_000).count {
                try plugin.assign("e", for: ExperimentContext(userID: "u\($0)")).enrollment == .enrolled
            }
        }
        let gate = #""conditions": [{"type": "pass_gate", "targetValue": "gate"}]"#
        let segment = try carryOver(
            #"{"id": "g1:gate:override", "groupName": "Test", "passPercentage": 100, \#(gate)}"#)
        #expect(segment.items.map(\.loss) == [.approximated])
        #expect(try enrolled(segment) == 1_000)
        let holdout = try carryOver(#"{"id": "holdout", "passPercentage": 100, \#(gate)}"#)
        #expect(holdout.items.isEmpty)
        #expect(try (400..<600).contains(enrolled(holdout)))
        for rule in [
            #"{"id": "holdout", "passPercentage": 50, \#(gate)}"#,
            #"{"id": "holdout", "passPercentage": 100, "conditions": [{"type": "pass_gate", "targetValue": "gone"}]}"#,
            #"{"id": "all", "passPercentage": 100, "conditions": []}"#,
            #"{"id": "other", "passPercentage": 100, "configDelegate": "f", \#(gate)}"#,
        ] {
            let refused = try carryOver(rule)
            #expect(refused.experiments.isEmpty)
            #expect(refused.items.contains { $0.path == "dynamic_configs[0].rules[0]" && $0.loss == .refused })
        }
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
            "rollouts": [{"id": "r", "experiments": [{"id": "3", "key": "c", \(rest)}]}],
            "holdouts": [{"id": "4", "key": "h", "includedFlags": ["5"], "novelty": 1, \(rest)}]}
            """
        #expect(
            try items(.optimizely, json) == [
                "experiments[0].audienceIds approximated", "experiments[0].forcedVariations refused",
                "experiments[0].forcedVariations approximated", "experiments[1].cmab refused",
                "holdouts[0] approximated", "rollouts[0] refused", "holdouts[0].novelty approximated",
            ])
        let carried = try Vendor.optimizely.carryOver(json: Data(json.utf8))
        #expect(carried.experiments.map(\.design.overrides) == [[VariantOverride(unitID: "u", variantID: "control")]])
    }

    @Test("two experiments of one id are kept once when they are the same, and else the second is refused")
    func repeated() throws {
        let first = #"{"key": "e", "variations": [0, 1]}"#
        let other = #"{"key": "e", "variations": [0, 1], "coverage": 0.5}"#
        let json =
            #"{"features": {"f": {"rules": [\#(first)]}, "g": {"rules": [\#(first)]}, "h": {"rules": [\#(other)]}}}"#
        let carried = try Vendor.growthBook.carryOver(json: Data(json.utf8))
        #expect(carried.experiments.map(\.id) == ["e"])
        #expect(carried.items.map(\.path) == ["features.h.rules[0]"])
    }

    @Test("importing the same file twice plans the same, down to the text of the settings", arguments: [1, 2])
    func stable(version: Int) throws {
        let json = try Data(contentsOf: Vectors.folder.appending(path: "statsig-dcs-sample-v\(version).json"))
        let plans = try [Vendor.statsig.carryOver(json: json), Vendor.statsig.carryOver(json: json)]
        #expect(plans[0].experiments == plans[1].experiments)
    }
}
