import ExperimentVendors
import Experimentation
import Foundation
import Testing

@Suite("Nothing of a file is dropped silently")
struct NothingDroppedTests {
    private func items(_ vendor: Vendor, _ json: String) throws -> Set<String> {
        Set(try vendor.carryOver(json: Data(json.utf8)).items.map(\.description))
    }

    @Test("GrowthBook: features without rules and fields that are not known, wherever they are")
    func growthBook() throws {
        let json = """
            {"features": {"plain": {"defaultValue": 1}, "f": {"project": "p", "rules": [
            {"force": 1, "coverage": 0.1, "schedule": 1}, {"key": "e", "variations": [0, 1], "seed": "", "x": 1,
            "condition": {}, "parentConditions": [], "meta": [{"key": "a", "y": 1}, {"key": "b", "name": "B"}],
            "filters": [{"seed": "s", "ranges": [[0, 1]], "z": 1}], "empty": {}, "none": null}]}},
            "savedGroups": {"g": [1]}, "more": 1}
            """
        let unknown = ": approximated: this library does not know the field and did not read it"
        #expect(
            try items(.growthBook, json) == [
                "features.plain: skipped: a feature without rules is no experiment: it stays with your flags",
                "features.f.rules[0]: refused: it gives a value and is no experiment: it stays with your flags",
                "features.f.project" + unknown, "features.f.rules[0].schedule" + unknown,
                "features.f.rules[1].x" + unknown, "features.f.rules[1].meta[0].y" + unknown,
                "features.f.rules[1].filters[0].z" + unknown, "more" + unknown,
            ])
    }

    @Test("GrowthBook: a rollout's empty seed, attribute and hash version 0 are the same as none, as for an experiment")
    func growthBookDefaults() throws {
        func settings(_ rollout: String) throws -> String? {
            let json = """
                {"features": {"f": {"rules": [{"force": 1, "coverage": 0.5 \(rollout)}, {"key": "e", "variations": [0, 1]}]}}}
                """
            return try Vendor.growthBook.carryOver(json: Data(json.utf8)).experiments.first?.design.settings?.json
        }
        #expect(try settings("") == settings(#", "seed": "", "hashVersion": 0, "hashAttribute": "", "condition": {}"#))
    }

    @Test("Statsig: what a bandit decides, inactive experiments, gates turned around and unknown fields")
    func statsig() throws {
        func items(_ experiment: String, gate: String, rule: String = "") throws -> Set<String> {
            let json = """
                {"feature_gates": [{"name": "gate", "salt": "t", "enabled": true, \(gate)}], "dynamic_configs": [{"name": "e",
                "salt": "s", "enabled": true, \(experiment), "rules": [\(rule){"id": "h", "groupName": "Holdout", "passPercentage": 100, "conditions":
                [{"type": "pass_gate", "targetValue": "gate"}]}, {"id": "g", "groupName": "Control", "passPercentage": 100,
                "isExperimentGroup": true, "conditions": [{"type": "user_bucket", "operator": "lt", "targetValue": 1000,
                "additionalValues": {"salt": "s", "pepper": 1}, "w": 1}]}]}], "param_stores": {"p": 1}, "has_updates": true}
                """
            return try self.items(.statsig, json)
        }
        let rule = #""rules": [{"id": "r", "passPercentage": 50, "conditions": [{"type": "public"}]"#
        let gate = rule + #", "returnValue": true}]"#
        let unknown = ": approximated: this library does not know the field and did not read it"
        let fields: Set = ["dynamic_configs[0].rules[1].conditions[0].w" + unknown, "param_stores" + unknown]
        let plain = #""entity": "experiment""#
        #expect(try items(plain, gate: gate) == fields)
        #expect(
            try items(plain + #", "isActive": false, "useNewLayerEval": true"#, gate: gate).subtracting(fields) == [
                "dynamic_configs[0].isActive: approximated: it is stopped here, while Statsig's SDKs still give its groups",
                "dynamic_configs[0].useNewLayerEval" + unknown,
            ])
        #expect(
            try items(#""entity": "autotune""#, gate: gate).contains {
                $0.hasPrefix("dynamic_configs[0]: refused: Statsig moves units")
            })
        for turned in [gate + #", "defaultValue": true"#, rule + #", "returnValue": false}]"#] {
            #expect(
                try items(plain, gate: turned).contains(
                    "dynamic_configs[0].rules[0]: refused: its gate gives true to others than those it takes"))
        }
        #expect(
            try items(plain, gate: rule + #", "returnValue": true, "idType": "companyID"}]"#).contains(
                "dynamic_configs[0].rules[0]: refused: its gate counts another id than the experiment's"))
        let byCountry = """
            {"id": "o", "groupName": "Control", "passPercentage": 100, "conditions": [{"type": "ip_based", "field": "country"}]},
            """
        #expect(
            try items(plain, gate: gate, rule: byCountry).contains {
                $0.contains(
                    "rules[0]: approximated: those who meet a condition of type ip_based get a group by request")
            })
    }

    @Test("PostHog: early access, older holdouts and unknown fields of flags, sets and variants")
    func postHog() throws {
        let json = """
            {"flags": [{"key": "e", "active": true, "name": "E", "novel": 1, "filters": {"groups": [{"properties": [],
            "sort_key": "s", "novel": 1}], "super_groups": [{"properties": []}], "holdout_groups": null, "payloads": {"a": "1"},
            "multivariate": {"variants": [{"key": "control", "rollout_percentage": 100, "novel": 1}]},
            "holdout": {"id": 1, "exclusion_percentage": 1, "novel": 1}}}], "cohorts": {"1": {}}, "novel": 1}
            """
        let unknown = ": approximated: this library does not know the field and did not read it"
        let filters = "flags[0].filters"
        #expect(
            try items(.postHog, json) == [
                filters + ".super_groups: approximated: those who enrolled for early access are not told apart: "
                    + "assign only units that did not",
                "flags[0].novel" + unknown, filters + ".groups[0].novel" + unknown,
                filters + ".multivariate.variants[0].novel" + unknown, filters + ".holdout.novel" + unknown,
                "novel" + unknown,
            ])
    }

    @Test("Optimizely: testers, several flags, earlier experiments that are paused, and unknown fields")
    func optimizely() throws {
        let rest = """
            "variations": [{"id": "v", "key": "control", "featureEnabled": true}, {"id": "w", "key": "b", "novel": 1}],
            "trafficAllocation": [{"entityId": "v", "endOfRange": 5000}, {"entityId": "w", "endOfRange": 10000}]
            """
        let json = """
            {"version": "4", "revision": "1", "novel": 1, "experiments": [
            {"id": "1", "key": "a", "status": "Paused", "forcedVariations": {"t": "b"}, \(rest)},
            {"id": "2", "key": "b", "status": "Running", "forcedVariations": {"é": "b", "e\u{301}": "control"}, \(rest)},
            {"id": "3", "key": "c", "status": "Running", "layerId": "9", \(rest)}], "featureFlags": [
            {"id": "f", "key": "f", "experimentIds": ["1", "2", "3"]}, {"id": "g", "key": "g", "experimentIds": ["3"]}],
            "localHoldouts": [{"id": "4", "key": "h", "status": "Running", "includedRules": ["1"], \(rest)}]}
            """
        let unknown = ": approximated: this library does not know the field and did not read it"
        let found = try items(.optimizely, json)
        let testers = "testers get theirs whatever holdouts and earlier experiments say, and enter no result"
        #expect(
            found == [
                "experiments[0].forcedVariations: approximated: " + testers,
                "experiments[1].forcedVariations: approximated: " + testers,
                "experiments[2]: approximated: testers of the experiment b are not told apart",
                "experiments[2]: approximated: several flags have it; what comes before it is that of the first, f",
                "experiments[0].variations[1].novel" + unknown, "experiments[1].variations[1].novel" + unknown,
                "experiments[2].variations[1].novel" + unknown, "localHoldouts[0].variations[1].novel" + unknown,
                "novel" + unknown,
            ])
        let carried = try Vendor.optimizely.carryOver(json: Data(json.utf8))
        // Ids are bytes: the two spellings of é are two testers.
        #expect(carried.experiments[1].design.overrides.map(\.unitID.text.utf8.count).sorted() == [2, 3])
        // The holdout of the paused experiment comes first all the same, and takes everybody.
        let plugin = try carried.plugin()
        let datafile = try OptimizelyDatafile(json: Data(json.utf8))
        for unit in 0..<50 {
            #expect(datafile.decide(flag: "f", for: OptimizelyUser(userID: "u\(unit)"))?.rule == "h")
            let context = ExperimentContext(userID: "u\(unit)")
            #expect(try plugin.assign("c", for: context).enrollment == .notEnrolled)
        }
    }
}
