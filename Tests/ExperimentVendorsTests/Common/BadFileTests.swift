import ExperimentVendors
import Experimentation
import Foundation
import Testing

@Suite("Vendors' files that cannot be read")
struct BadFileTests {
    /// A small file of each vendor.
    static let files: [Vendor: String] = [
        .growthBook: """
        {"features": {"f": {"defaultValue": 1, "rules": [{"key": "e", "variations": [1, 2]}]}}}
        """,
        .statsig: """
        {"feature_gates": [], "dynamic_configs": [{"name": "e", "salt": "s", "enabled": true, "entity": "experiment",
        "rules": [{"id": "a", "groupName": "Control", "passPercentage": 100, "isExperimentGroup": true, "conditions":
        [{"type": "user_bucket", "operator": "lt", "targetValue": 1000, "additionalValues": {"salt": "s"}}]}]}]}
        """,
        .postHog: """
        {"flags": [{"key": "e", "active": true, "filters": {"groups": [{"rollout_percentage": 100}],
        "multivariate": {"variants": [{"key": "control", "rollout_percentage": 100}]}}}]}
        """,
        .optimizely: """
        {"version": "4", "experiments": [{"id": "1", "key": "e", "status": "Running", "audienceIds": [],
        "variations": [{"id": "2", "key": "control"}],
        "trafficAllocation": [{"entityId": "2", "endOfRange": 10000}]}]}
        """,
    ]

    private func problems(_ vendor: Vendor, _ json: String) -> [String] {
        do throws(VendorFileError) {
            _ = try vendor.carryOver(json: Data(json.utf8))
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test("a file of another vendor is refused in one sentence", arguments: Vendor.allCases, Vendor.allCases)
    func wrongVendor(_ vendor: Vendor, _ other: Vendor) throws {
        let file = try #require(Self.files[other])
        let found = problems(vendor, file)
        #expect(found.count == (vendor == other ? 0 : 1), "\(found)")
        if vendor == other {
            #expect(try vendor.carryOver(json: Data(file.utf8)).experiments.map(\.id) == ["e"])
        }
    }

    @Test("a file that was cut off is refused, wherever the cut is", arguments: Vendor.allCases)
    func truncated(_ vendor: Vendor) throws {
        let file = try #require(Self.files[vendor])
        for length in 0..<file.count {
            let reason = length == 0 ? "the file is empty" : "the file is cut off: it ends before its JSON does"
            #expect(problems(vendor, String(file.prefix(length))) == [reason], "\(length)")
        }
    }

    @Test(
        "a file that is no JSON is refused with the place where it is wrong",
        arguments: [
            ("{\"features\": {},\n  'a': 1}", "the file is not JSON in UTF-8: wrong at line 2, byte 3"),
            ("{\"features\": {}}{}", "the file is not JSON in UTF-8: wrong at line 1, byte 17"),
            (String(repeating: "[", count: 10_000), "the file is nested more than 512 deep, at line 1, byte 514"),
            (
                "\n" + String(repeating: "{\"a\":", count: 600),
                "the file is nested more than 512 deep, at line 2, byte 2562"
            ),
        ])
    func notJSON(_ json: String, _ reason: String) {
        for vendor in Vendor.allCases { #expect(problems(vendor, json) == [reason]) }
    }

    @Test(
        "every problem of every entry is told, with its path, in the order of the file",
        arguments: [
            (
                Vendor.growthBook,
                """
                {"features": {"a": {"rules": [{"variations": "x"}, {"bandit": true}]}, "b": {"rules": [{"variations":
                [1, 2], "hashVersion": "2"}, {"variations": [1, 2], "ranges": [[0]]}]}}}
                """,
                [
                    "features.a.rules[0].variations: must be a list",
                    "features.b.rules[0].hashVersion: must be a whole number",
                    "features.b.rules[1].ranges[0]: must be two numbers",
                ]
            ),
            (
                .statsig,
                """
                {"feature_gates": [], "dynamic_configs": [{"name": "e", "salt": "s", "enabled": true, "rules": [
                {"id": "a", "passPercentage": 100, "conditions": [{"type": "moon_phase"}]}, {"id": "b",
                "passPercentage": "all", "conditions": []}]}], "layer_configs": [{"salt": "s", "enabled": 1, "rules": []}]}
                """,
                [
                    "dynamic_configs[0].rules[0].conditions[0].type: is a condition of an unknown type",
                    "dynamic_configs[0].rules[1].passPercentage: must be a number",
                    "layer_configs[0].name: is missing",
                    "layer_configs[0].enabled: must be true or false",
                ]
            ),
            (
                .statsig,
                """
                {"response_format": "dcs-v2", "feature_gates": {"g": {"salt": "s", "enabled": true, "rules": [{"id": "a",
                "passPercentage": 1, "conditions": ["7"]}]}}, "dynamic_configs": {}, "condition_map": {}}
                """,
                ["feature_gates.g.rules[0].conditions[0]: names no condition of condition_map"]
            ),
            (
                .postHog,
                """
                {"flags": [{"active": true, "filters": {}}, {"key": "k", "active": true, "filters": {"groups":
                [{"rollout_percentage": "half"}]}}, {"key": "l", "active": true, "bucketing_identifier": "cookie",
                "filters": {}}]}
                """,
                [
                    "flags[0].key: is missing",
                    "flags[1].filters.groups[0].rollout_percentage: must be a number",
                    "flags[2].bucketing_identifier: must be distinct_id or device_id",
                ]
            ),
            (
                .optimizely,
                """
                {"version": "4", "experiments": [{"id": "1", "key": "e", "status": "Dreaming", "variations": [],
                "trafficAllocation": []}, {"id": 1}], "groups": [{"id": "g", "policy": "none", "trafficAllocation": [],
                "experiments": []}], "holdouts": {}}
                """,
                [
                    "experiments[0].status: must be one of Running, Not started, Paused, Launched, Archived, Concluded, "
                        + "Draft",
                    "experiments[1].key: is missing", "experiments[1].status: is missing",
                    "experiments[1].variations: is missing", "experiments[1].trafficAllocation: is missing",
                    "experiments[1].id: must be a text",
                    "groups[0].policy: must be random or overlapping",
                    "holdouts: must be a list",
                ]
            ),
            (
                .growthBook,
                """
                {"features": {"z": {"rules": [{"variations": [1, 2], "weights": [0.5, "half", null], "status": "over",
                "coverage": [], "namespace": ["n", 0], "meta": [{"key": 1}], "filters": [{"ranges": [[0, "x"]]}, 7],
                "hashVersion": 1.5}, true]}, "a": 3, "z": {"rules": []}}, "experiments": [{"key": "k"}]}
                """,
                [
                    "features.z.rules[0].weights[1]: must be a number",
                    "features.z.rules[0].weights[2]: must not be null",
                    "features.z.rules[0].status: must be draft, running or stopped",
                    "features.z.rules[0].coverage: must be a number",
                    "features.z.rules[0].namespace: must be an id and two numbers",
                    "features.z.rules[0].meta[0].key: must be a text",
                    "features.z.rules[0].filters[0].seed: is missing",
                    "features.z.rules[0].filters[0].ranges[0][1]: must be a number",
                    "features.z.rules[0].filters[1]: must be an object",
                    "features.z.rules[0].hashVersion: must be a whole number",
                    "features.z.rules[1]: must be an object",
                    "features.a: must be an object",
                    "features.z: is there more than once",
                    "experiments[0].variations: is missing",
                ]
            ),
            (.growthBook, #"{"features": null}"#, ["features: must not be null"]),
            (.statsig, #"{"feature_gates": null, "dynamic_configs": []}"#, ["feature_gates: must not be null"]),
            (.postHog, #"{"flags": null}"#, ["flags: must not be null"]),
            (.optimizely, #"{"experiments": null, "version": "4"}"#, ["experiments: must not be null"]),
            (
                .growthBook, #"{"features": {}, "encryptedFeatures": "x", "encryptedExperiments": "y"}"#,
                [
                    "encryptedFeatures: must be decrypted before it is imported",
                    "encryptedExperiments: must be decrypted before it is imported",
                ]
            ),
            (
                .statsig,
                """
                {"feature_gates": [{}], "dynamic_configs": [{"name": "e", "salt": 1, "enabled": true, "rules": [
                {"passPercentage": "x", "conditions": [{"type": "user_bucket", "operator": "near"}, {"type": "user_bucket",
                "operator": "any", "targetValue": [1, "2"]}, {"type": "pass_gate", "targetValue": null}]}]}],
                "response_format": "dcs-v3"}
                """,
                [
                    "feature_gates[0].name: is missing", "feature_gates[0].salt: is missing",
                    "feature_gates[0].enabled: is missing", "feature_gates[0].rules: is missing",
                    "dynamic_configs[0].salt: must be a text", "dynamic_configs[0].rules[0].id: is missing",
                    "dynamic_configs[0].rules[0].passPercentage: must be a number",
                    "dynamic_configs[0].rules[0].conditions[0].targetValue: is missing",
                    "dynamic_configs[0].rules[0].conditions[0].operator: is an unknown comparison of buckets",
                    "dynamic_configs[0].rules[0].conditions[1].targetValue[1]: must be a whole number",
                    "response_format: must be dcs-v1 or dcs-v2, the forms this library knows",
                ]
            ),
            (
                .postHog,
                """
                {"flags": [{"active": 1, "filters": {"groups": {}, "multivariate": {"variants": [{"key": 1},
                {"key": "k", "key": "l", "rollout_percentage": "9"}]}, "holdout": {}, "bucketing_identifier": "x"}}, null]}
                """,
                [
                    "flags[0].key: is missing", "flags[0].active: must be true or false",
                    "flags[0].filters.groups: must be a list",
                    "flags[0].filters.multivariate.variants[0].rollout_percentage: is missing",
                    "flags[0].filters.multivariate.variants[0].key: must be a text",
                    "flags[0].filters.multivariate.variants[1].key: is there more than once",
                    "flags[0].filters.multivariate.variants[1].rollout_percentage: must be a number",
                    "flags[0].filters.holdout.id: is missing",
                    "flags[0].filters.holdout.exclusion_percentage: is missing",
                    "flags[0].filters.bucketing_identifier: must be distinct_id or device_id",
                    "flags[1]: must not be null",
                ]
            ),
            (
                .optimizely,
                """
                {"experiments": [{"key": 2, "status": "Running", "variations": [{"id": 1}, []], "forcedVariations":
                {"u": 1, "u": "a"}, "trafficAllocation": [{"entityId": "", "endOfRange": 1.5}, {"endOfRange": 1e3}]}],
                "version": 4, "groups": [{"policy": "random"}]}
                """,
                [
                    "experiments[0].id: is missing", "experiments[0].key: must be a text",
                    "experiments[0].variations[0].key: is missing", "experiments[0].variations[0].id: must be a text",
                    "experiments[0].variations[1]: must be an object",
                    "experiments[0].forcedVariations.u: must be a text",
                    "experiments[0].forcedVariations.u: is there more than once",
                    "experiments[0].trafficAllocation[0].endOfRange: must be a whole number",
                    "experiments[0].trafficAllocation[1].entityId: is missing",
                    "version: must be a text", "groups[0].id: is missing", "groups[0].trafficAllocation: is missing",
                    "groups[0].experiments: is missing",
                ]
            ),
            (
                .optimizely, #"{"version": "9", "experiments": []}"#,
                [
                    "version: must be 2, 3 or 4, the versions this library knows"
                ]
            ),
        ] as [(Vendor, String, [String])])
    func paths(_ vendor: Vendor, _ json: String, _ expected: [String]) {
        #expect(problems(vendor, json) == expected)
    }

    @Test(
        "five hundred damaged files: a carry-over that assigns or an error, never a crash", arguments: Vendor.allCases)
    func damaged(_ vendor: Vendor) throws {
        let whole = Array(try #require(Self.files[vendor]).utf8)
        let pieces = ["-1", "1e308", "99999999999999999999", "null", "true", "\"x\"", "[]", "{}", "0", "\u{e9}"]
        var state: UInt64 = 42
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        var plans = 0
        for _ in 0..<500 {
            var file = whole
            for _ in 0...random(3) {
                let place = random(file.count)
                let end = min(place + random(6), file.count)
                file.replaceSubrange(place..<end, with: Array(pieces[random(pieces.count)].utf8))
            }
            guard let carried = try? vendor.carryOver(json: Data(file)) else { continue }
            plans += 1
            let plugin = try carried.plugin()
            for experiment in carried.experiments {
                _ = try plugin.assign(experiment.id.text, for: ExperimentContext(userID: "u"))
            }
        }
        #expect(plans > 5)
    }
}
