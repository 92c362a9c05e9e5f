import ExperimentStorage
import ExperimentVendors
import Experimentation
import Foundation
import Logging
import TestSupport
import Testing

@Suite("Moving in from a vendor")
struct VendorTests {
    private let tool = Tool()

    /// Two experiments that exclude each other, a tester, an audience and a rollout.
    private static let datafile = """
        {"version": "4", "experiments": [], "groups": [{"id": "19", "policy": "random",
        "trafficAllocation": [{"entityId": "11", "endOfRange": 5000}, {"entityId": "12", "endOfRange": 10000}],
        "experiments": [
        {"id": "11", "key": "button", "status": "Running", "forcedVariations": {"tester": "blue"},
        "variations": [{"id": "1", "key": "control"}, {"id": "2", "key": "blue"}],
        "trafficAllocation": [{"entityId": "1", "endOfRange": 5000}, {"entityId": "2", "endOfRange": 10000}]},
        {"id": "12", "key": "banner", "status": "Paused", "audienceIds": ["7"],
        "variations": [{"id": "3", "key": "off"}, {"id": "4", "key": "on"}],
        "trafficAllocation": [{"entityId": "3", "endOfRange": 5000}, {"entityId": "4", "endOfRange": 10000}]}]}]}
        """

    private func units() -> [String] { (0..<500).map { "user\($0)" } + ["tester", "é", "e\u{301}", "a,\"b"] }

    /// The vendor's answers: unit and variant, empty for a unit that takes no part.
    private func log(_ experiment: String, changing: (Int, String?) -> String? = { $1 }) throws -> String {
        let plan = try Vendor.optimizely.carryOver(json: Data(Self.datafile.utf8))
        let plugin = try plan.plugin()
        let rows = try units().enumerated().map { index, unit in
            let answer = try plugin.assign(experiment, for: ExperimentContext(userID: unit))
            let variant = changing(index, answer.enrollment == .notEnrolled ? nil : answer.variantID.text)
            return "2026-01-01,\"\(unit.replacingOccurrences(of: "\"", with: "\"\""))\",\(variant ?? "")"
        }
        return (["time,user_id,variant"] + rows).joined(separator: "\n")
    }

    @Test("experiments come along with their algorithm, and what does not is named; again changes nothing")
    func importing() throws {
        let file = try tool.file("datafile.json", Self.datafile)
        let ending = try tool.run("apply", try tool.file("nothing.toml", ""))
        #expect(ending.code == 0)
        let dry = try tool.run("import", "optimizely", file, "--dry-run")
        #expect(dry.code == 0 && dry.output.contains("experiment button: new, running"))
        #expect(try tool.sqlite("SELECT count(*) FROM experiment_definition") == "0")
        let first = try tool.run("import", "optimizely", file)
        #expect(first.code == 0, "\(first.errors)")
        #expect(
            first.output == """
                experiment button: new, running
                experiment banner: new, stopped
                approximated groups[0].experiments[0].forcedVariations: testers get theirs whatever holdouts and earlier \
                experiments say, and enter no result
                approximated groups[0].experiments[1].audienceIds: targeting stays in your code: assign only units of \
                these audiences
                approximated groups[0].experiments[1]: the file does not say which variant is the control; the first \
                one is taken

                """)
        #expect(try tool.sqlite("SELECT algorithm, seed FROM phases") == "optimizely|11\noptimizely|12")
        let second = try tool.run("import", "optimizely", file)
        #expect(second.output.contains("experiment button: unchanged"))
        for (unit, expected) in [("tester", "blue"), ("user1", nil), ("user2", nil)] {
            let plan = try Vendor.optimizely.carryOver(json: Data(Self.datafile.utf8))
            let answer = try plan.plugin().assign("button", for: ExperimentContext(userID: unit)).variantID.text
            if let expected { #expect(answer == expected) }
            #expect(try tool.run("assign", "button", "--user", unit).output == answer + "\n")
        }
    }

    @Test("an import keeps the goals and the plan that were defined here")
    func keeping() throws {
        let file = try tool.file(
            "flags.json",
            """
            {"flags": [{"key": "button", "active": true, "filters": {"groups": [{}], "multivariate": {"variants": [
            {"key": "control", "rollout_percentage": 50}, {"key": "treatment", "rollout_percentage": 50}]}}}]}
            """)
        #expect(try tool.run("import", "posthog", file).code == 0)
        let insert =
            "INSERT INTO metric_role VALUES (1, 'goal', 0, 'purchase', NULL); UPDATE experiment_definition SET planned_units = 9"
        #expect(try tool.shell("sqlite3 '\(tool.database)' \"\(insert)\"") == "")
        #expect(try tool.run("import", "posthog", file).output == "experiment button: unchanged\n")
        #expect(
            try tool.sqlite("SELECT metric, planned_units FROM metric_role JOIN experiment_definition") == "purchase|9")
    }

    @Test(
        "an experiment that runs here by another algorithm is left alone, and a dry run says so with the same exit code"
    )
    func conflict() throws {
        try tool.define()
        let file = try tool.file("datafile.json", Self.datafile)
        for arguments in [["--dry-run"], []] {
            let ending = try tool.bare(["import", "optimizely", file, "--database", tool.database] + arguments)
            #expect(ending.code == 2 && ending.errors.contains("of 'button' cannot change once it has run"))
            #expect(ending.errors.contains(arguments.isEmpty ? "nothing was imported:" : "would be refused:"))
            #expect(ending.output.contains("experiment button: refused") == !arguments.isEmpty)
        }
        #expect(try tool.sqlite("SELECT DISTINCT algorithm FROM phases") == "fnv1a64-fmix64")
        #expect(try tool.sqlite("SELECT status FROM experiment_definition WHERE name = 'banner'") == "draft")
    }

    @Test("a file with problems changes nothing, and what is refused makes the exit code 3")
    func problems() throws {
        #expect(try tool.run("apply", try tool.file("nothing.toml", "")).code == 0)
        let wrong = try tool.run("import", "growthbook", try tool.file("datafile.json", Self.datafile))
        #expect(wrong.code == 2 && wrong.errors.contains("no features payload of GrowthBook"))
        let two = #"{"features": {"f": {"rules": [{"bandit": 1}, {"variations": 2}]}}}"#
        let bad = try tool.run("import", "growthbook", "-", input: two)
        #expect(bad.code == 2 && bad.errors.contains("features.f.rules[1].variations: must be a list"))
        #expect(try tool.sqlite("SELECT count(*) FROM experiment_definition") == "0")
        let lines = try tool.run("import", "growthbook", "-", input: #"{"features": {"a\nb\u001b": 1}}"#)
        #expect(lines.errors.contains("\n  features.a\\nb\\u{1b}: must be an object\n"), "a line a problem")
        let one = #"{"features": {"f": {"rules": [{"key": "e", "variations": [1, 2]}]}, "g": 1}}"#
        let named = try Tool().bare(["import", "growthbook", "-", "--dry-run", "--database", "none.db"], input: one)
        #expect(named.code == 3 && named.output.contains("refused features.g: cannot be read: must be an object"))
        let partly = #"{"features": {"f": {"rules": [{"force": 1, "coverage": 0.1}, {"variations": [1, 2]}]}}}"#
        let ending = try tool.run("import", "growthbook", "-", "--encoding", "utf8", input: partly)
        #expect(ending.code == 3 && ending.output.contains("refused features.f.rules[0]: "))
        #expect(try tool.sqlite("SELECT settings LIKE '%utf8%' FROM phases") == "1")
        #expect(try tool.run("import", "statsig", "-", "--encoding", "utf16").code == 1)
        #expect(try tool.run("import", "statsig", "-", "--again").code == 1)
        #expect(try tool.run("import", "exposures", "-", "--dry-run").code == 1)
    }

    @Test("GrowthBook's options say whom a rollout takes and which attributes are ids; others refuse them")
    func growthBookOptions() throws {
        let file = try tool.file(
            "features.json",
            """
            {"features": {"f": {"rules": [{"force": 1, "coverage": 0.25, "hashAttribute": "customer"},
            {"key": "a", "variations": [1, 2], "hashAttribute": "customer"}]},
            "g": {"rules": [{"key": "b", "variations": [1, 2], "hashAttribute": "visit"}]}}}
            """)
        func imported(_ options: String...) throws -> (output: String, isEndTaken: String, units: String) {
            let tool = Tool()
            let arguments = ["import", "growthbook", file, "--database", tool.database] + options
            let ending = try tool.bare(arguments)
            #expect(ending.code == 3, "\(ending.errors)")
            let range = "SELECT json_extract(settings, '$.earlier[0].settings.ranges[0][1]') > 0.25 FROM phases LIMIT 1"
            return (
                ending.output, try tool.sqlite(range), try tool.sqlite("SELECT group_concat(unit) FROM experiments")
            )
        }
        let usual = try imported()
        #expect(usual.output.contains("rules[1].hashAttribute: units are counted by customer"))
        #expect(usual.output.contains("rules[0].hashAttribute: units are counted by visit"))
        #expect(usual.isEndTaken == "0" && usual.units == "user,user")
        let named = try imported(
            "--rollout-end", "--user-attribute", "id", "--user-attribute", "customer", "--session-attribute", "visit")
        #expect(!named.output.contains("units are counted by"))
        #expect(named.isEndTaken == "1" && named.units == "user,session")
    }

    @Test(
        "an option of another vendor or without a use is a mistake in the command line",
        arguments: [
            ("statsig f --rollout-end", "go with growthbook"), ("posthog f --user-attribute x", "go with growthbook"),
            ("optimizely f --session-attribute x", "go with growthbook"),
            ("growthbook f --user-attribute EMPTY", "must not be empty"),
            ("growthbook f --user-attribute a --session-attribute a", "not both"),
            ("growthbook f --encoding latin1", "'utf16-low-byte'"),
            ("growthbook f --encoding utf16-low-byte", "hash utf16 or codepoint or utf8"),
            ("growthbook f --user-attribute", "Missing value"),
            ("outcomes f --rollout-end", "go with a vendor's file"),
        ])
    func wrongOptions(_ mistake: (line: String, hint: String)) throws {
        let words = mistake.line.split(separator: " ").map { $0 == "EMPTY" ? "" : String($0) }
        let ending = try tool.bare(["import"] + words + ["--database", tool.database])
        #expect(ending.code == 1 && ending.output == "")
        #expect(ending.errors.contains(mistake.hint), "\(ending.errors)")
    }

    @Test("parity is complete where nothing moved, and tells each unit that would move with both buckets")
    func parity() throws {
        #expect(try tool.run("import", "optimizely", try tool.file("datafile.json", Self.datafile)).code == 0)
        let agreeing = try tool.run("parity", "button", "-", input: try log("button"))
        #expect(agreeing.code == 0 && agreeing.output.isEmpty, "\(agreeing.output)")
        #expect(agreeing.errors == "504 of 504 units agree (100 %).\n")
        let moved = try log("button") { index, variant in index == 7 ? (variant == "blue" ? nil : "blue") : variant }
        let ending = try tool.run("parity", "button", "-", input: moved)
        #expect(ending.code == 4 && ending.errors.contains("503 of 504 units agree (99.8015 %). 1 would get another"))
        let bucket = OptimizelyHash.bucket("user7", "11")
        #expect(ending.output.hasPrefix("line 9: user7: logged "))
        #expect(ending.output.contains("(bucket \(bucket))"))
        let json = try tool.run("parity", "button", "-", "--format", "json", input: moved)
        #expect(json.output.contains(#""unit_id":"user7""#) && json.output.contains(#""bucket":"\#(bucket)""#))
        #expect(try tool.run("parity", "button", "-", input: "unit,x\n1,2").code == 2)
        #expect(try tool.run("parity", "nothing", "-", input: moved).code == 2)
    }

    @Test("a file whose experiments all come along ends with 0, whatever prerequisites and switches it has")
    func prerequisites() throws {
        let file = """
            {"status": 200, "features": {"kill_switch": {"defaultValue": true}, "checkout": {"rules": [
            {"parentConditions": [{"id": "kill_switch", "condition": {"value": {"$eq": true}}, "gate": true}]},
            {"key": "color", "seed": "s1", "hashVersion": 2, "variations": ["blue", "green"]}]}}}
            """
        #expect(try tool.run("apply", try tool.file("nothing.toml", "")).code == 0)
        let ending = try tool.run("import", "growthbook", "-", input: file)
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(ending.output.contains("approximated features.checkout.rules[0].parentConditions: targeting stays"))
        #expect(ending.output.contains("skipped features.kill_switch: a feature without rules"))
    }

    @Test("parity --find names the algorithm and seed that gave a log its variants, and ends with 4 where none did")
    func find() throws {
        let definition = """
            [[experiments]]
            id = "button"
            variants = [{ id = "a", weight = 75, is_control = true }, { id = "b", weight = 25 }]
            """
        #expect(try tool.run("apply", try tool.file("button.toml", definition)).code == 0)
        let reading = ReferenceHash.modulo100Of32
        let rows = (0..<300).map { "u\($0),\(reading.point(experiment: "salt", unitID: "u\($0)") < 0.75 ? "a" : "b")" }
        let log = (["unit_id,variant_id"] + rows + ["u1,", "u2,gone"]).joined(separator: "\n")
        let found = try tool.run("parity", "button", "-", "--find", "--seed", "salt", input: log)
        #expect(found.code == 0, "\(found.errors)")
        #expect(
            found.output.hasPrefix("fnv1a32-mod100 seed 'salt': 300 of 300 units agree (100 %)\n"), "\(found.output)")
        #expect(found.errors.contains("1 lines name a variant that it does not have"))
        let named = definition + "\nalgorithm = \"fnv1a32-mod100\"\nseed = \"salt\"\n"
        #expect(try tool.run("apply", try tool.file("button.toml", named.replacing("button", with: "named"))).code == 0)
        #expect(
            try tool.run("parity", "named", "-", input: rows.reduce("unit_id,variant_id") { $0 + "\n" + $1 }).code == 0)
        let missing = try tool.run("parity", "button", "-", "--find", input: log)
        #expect(missing.code == 4 && missing.errors.contains("No algorithm and seed agree with all 300 units"))
        #expect(try tool.run("parity", "button", "-", "--seed", "salt", input: log).code == 1)
    }

    @Test("parity and explain say why a unit takes no part: by the vendor's hash or by this file's design")
    func leftOut() throws {
        #expect(try tool.run("import", "optimizely", try tool.file("datafile.json", Self.datafile)).code == 0)
        // Everybody, with nobody left out.
        let everybody = "unit_id,variant_id\n" + (0..<2_000).map { "user\($0),blue\n" }.joined()
        let grouped = try tool.run("parity", "button", "-", input: everybody)
        #expect(
            grouped.output.contains(try Regex(#"here nothing \(bucket \d+\): its bucket \d+ (of the group|is no)"#)))
        let left = try #require(grouped.output.split(separator: "\n").first { $0.contains("here nothing") })
        let user = try #require(left.split(separator: ": ").dropFirst().first)
        let reason = try #require(left.split(separator: "): ").last)
        #expect(
            try tool.run("explain", "button", "--user", String(user)).output.contains("takes no part, since \(reason)"))
        let json = try tool.run(
            "parity", "button", "-", "--format", "json", input: "unit_id,variant_id\n\(user),blue\n")
        #expect(json.output.contains("\"exclusion\":\"\(reason)\""))
        let definition = """
            [[experiments]]
            id = "half"
            coverage = 0.5
            [[experiments.variants]]
            id = "control"
            is_control = true
            [[experiments.variants]]
            id = "treatment"
            """
        #expect(try tool.run("apply", try tool.file("half.toml", definition)).code == 0)
        let covered = try tool.run("parity", "half", "-", input: everybody)
        #expect(
            covered.output.contains(
                try Regex(#"here nothing \(bucket 0\.\d+\): coverage 0\.5: at 0\.[5-9]\d*, outside"#)))
    }

    @Test("a server assigns as the vendor does, and one without the algorithms does not open the file")
    func server() async throws {
        #expect(try tool.run("import", "optimizely", try tool.file("datafile.json", Self.datafile)).code == 0)
        let plan = try Vendor.optimizely.carryOver(json: Data(Self.datafile.utf8))
        let plugin = try plan.plugin()
        var configuration = StoreConfiguration()
        configuration.logger.logLevel = .critical
        await #expect(throws: ExperimentError.self) {
            try await ExperimentStore.open(at: tool.database, configuration: configuration)
        }
        configuration.algorithms = .vendors
        configuration.shadows = plan.experiments
        let store = try await ExperimentStore.open(at: tool.database, configuration: configuration)
        for experiment in ["button", "banner"] {
            for unit in units() {
                let context = ExperimentContext(userID: unit)
                #expect(try store.assign(experiment, for: context) == plugin.assign(experiment, for: context))
            }
        }
        // The tester's answer and those of the experiment that does not run are not compared.
        #expect(store.shadowCounts.map { [$0.compared, $0.disagreed] } == [[503, 0], [0, 0]])
        await store.close()
    }
}
