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
            _ = try vendor.plan(json: Data(json.utf8))
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
            #expect(try vendor.plan(json: Data(file.utf8)).experiments.map(\.id) == ["e"])
        }
    }

    @Test("a file that was cut off is refused, wherever the cut is", arguments: Vendor.allCases)
    func truncated(_ vendor: Vendor) throws {
        let file = try #require(Self.files[vendor])
        for length in 0..<file.count {
            #expect(
                problems(vendor, String(file.prefix(length))) == ["the file is not JSON, or is cut off"], "\(length)")
        }
    }

    @Test(
        "every problem is told, with its path in the file",
        arguments: [
            (
                Vendor.growthBook,
                """
                {"features": {"a": {"rules": [{"variations": "x"}, {"bandit": true}]}, "b": {"rules": [{"variations":
                [1, 2], "hashVersion": "2"}, {"variations": [1, 2], "ranges": [[0]]}]}}}
                """,
                [
                    "features.a.rules[0].variations: must be a list",
                    "features.a.rules[1]: is a rule of an unknown type: it has neither force nor variations",
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
                    "experiments[1].id: must be a text",
                    "groups[0].policy: must be random or overlapping",
                    "holdouts: must be a list",
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

    @Test("five hundred damaged files: a plan that assigns or an error, never a crash", arguments: Vendor.allCases)
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
            guard let plan = try? vendor.plan(json: Data(file)) else { continue }
            plans += 1
            let plugin = try plan.plugin()
            for experiment in plan.experiments {
                _ = try plugin.assign(experiment.id, for: ExperimentContext(userID: "u"))
            }
        }
        #expect(plans > 5)
    }

    @Test("a phase whose settings do not fit its algorithm is refused")
    func settings() throws {
        let variants = [VariantDefinition("a", isControl: true), VariantDefinition("b")]
        let bad = [
            nil, "{}", #"{"encoding": "latin1", "hashVersion": 2, "ranges": [], "filters": [], "earlier": []}"#,
            #"{"encoding": "utf16", "hashVersion": 2, "ranges": [[0, 1]], "filters": [], "earlier": []}"#,
        ]
        for settings in bad {
            let experiment = try Experiment(
                id: "e", variants: variants, algorithm: .growthBook, seed: "s", settings: settings)
            let error = #expect(throws: ExperimentError.self) {
                try HashExperimentPlugin([experiment], algorithms: .vendors)
            }
            #expect(error?.status == 400 && "\(error as Any)".contains("settings"))
        }
        for algorithm in [AssignmentAlgorithm.statsig, .postHog, .optimizely] {
            let experiment = try Experiment(
                id: "e", variants: variants, algorithm: algorithm, seed: "s", settings: "{}")
            #expect(throws: ExperimentError.self) { try AssignmentAlgorithms.vendors.check(experiment) }
        }
    }
}
