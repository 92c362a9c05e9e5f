import Experimentation
import Foundation
import TestSupport
import Testing

@Suite("Designs by command")
struct DesignTests {
    private static let designed = """
        [holdout]
        share = 0.05

        [[experiments]]
        id = "checkout"
        variants = [{ id = "control", is_control = true }, { id = "treatment" }]
        coverage = 0.2
        namespace = { name = "checkout page", range = [0, 0.5] }
        overrides = { "tester 1" = "treatment", "é.x" = "control" }
        starts_at = 2026-01-01T08:00:00+02:00
        ends_at = "2999-01-01T00:00:00.25Z"

        """

    @Test("every field of a design is read, shown, and answered by assign with its reason")
    func fields() throws {
        let tool = Tool()
        let file = try tool.file("designed.toml", Self.designed)
        #expect(try tool.run("apply", file).output == "holdout holdout: new\nexperiment checkout: new, running\n")
        #expect(try tool.run("apply", file).output.split(separator: "\n").allSatisfy { $0.hasSuffix(": unchanged") })
        let show = try tool.run("show", "checkout").output
        for line in [
            "starts     2026-01-01T06:00:00.000000Z", "ends       2999-01-01T00:00:00.250000Z", "coverage   20 %",
            "namespace  checkout page, 0 to 0.5", "holdout    holdout, 5 %",
            "overrides  tester 1: treatment, é.x: control",
        ] {
            #expect(show.contains("  \(line)\n"), "\(line)")
        }
        let json = try tool.run("show", "checkout", "--format", "json").output
        #expect(json.contains("\"coverage\": 0.2"))
        #expect(json.contains("\"unit_id\": \"tester 1\""))
        let tester = try tool.run("assign", "checkout", "--user", "tester 1")
        #expect(tester.output == "treatment\n" && tester.errors.contains("tester"))
        let outside = try tool.run("assign", "checkout", "--user", "u2")
        #expect(outside.output == "control\n" && outside.errors.contains("coverage"))
        #expect(
            try tool.sqlite("SELECT coverage, namespace, range_start, range_end, holdout_share FROM phases")
                == "0.2|checkout page|0.0|0.5|0.05")
    }

    @Test(
        "a mistake in a design is named with its place",
        arguments: [
            ("coverage = 1.5", "coverage must be at least 0 and at most 1"),
            ("coverage = nan", "coverage must be at least 0 and at most 1"),
            ("namespace = \"n\"", "experiments[0].namespace: must be a table"),
            ("namespace = { range = [0, 1] }", "experiments[0].namespace: lacks 'name'"),
            ("namespace = { name = \"n\" }", "experiments[0].namespace.range: must be two numbers"),
            ("namespace = { name = \"n\", range = [0.6, 0.5] }", "namespace range must begin at 0 or later"),
            ("namespace = { name = \"n\", range = [0, 1, 2] }", "experiments[0].namespace.range: must be two numbers"),
            ("overrides = { u = 1 }", "experiments[0].overrides.u: must be a string"),
            ("overrides = { u = \"x\" }", "override variant_id must be one of the experiment's variants"),
            ("starts_at = 2026-01-01T08:00:00", "experiments[0].starts_at: must be a time with Z or an offset"),
            ("starts_at = 2026-01-01", "experiments[0].starts_at: must be a time"),
            ("starts_at = \"soon\"", "experiments[0].starts_at: must be a time"),
            (
                "starts_at = 2026-01-02T00:00:00Z\nends_at = 2026-01-01T00:00:00Z",
                "ends_at must be later than starts_at"
            ),
            ("algorithm = \"md5\"", "algorithm of 'x' must be one of"),
            ("settings = \"[]\"", "experiments[0].settings: must be a table, or a JSON object in quotes"),
            ("[holdout]\nshare = 2", "holdout: holdout share must be at least 0 and at most 1"),
            ("[holdout]\nname = \"h\"", "holdout: lacks 'share'"),
        ])
    func mistakes(_ mistake: (text: String, message: String)) throws {
        let tool = Tool()
        try tool.define()
        let before = try tool.sqlite(".dump")
        let text = """
            [[experiments]]
            id = "x"
            variants = [{ id = "a", is_control = true }, { id = "b" }]
            \(mistake.text)
            """
        let ending = try tool.run("apply", try tool.file("bad.toml", text))
        #expect(ending.code == 2)
        #expect(ending.errors.contains(mistake.message), "\(ending.errors)")
        #expect(try tool.sqlite(".dump") == before)
    }

    @Test("a share is never shown as none or all that is not, in show and in a plan")
    func shares() throws {
        let tool = Tool()
        let text = """
            [[experiments]]
            id = "nearly"
            variants = [{ id = "a", weight = 99999, is_control = true }, { id = "b", weight = 1 }, { id = "c", weight = 0 }]
            coverage = 0.9999999999999999
            plan = { minimum_lift = 1e-300 }
            """
        #expect(try tool.run("apply", try tool.file("nearly.toml", text)).code == 0)
        let show = try tool.run("show", "nearly").output
        for part in ["  99.99999999999999 %\n", "  1e-298 %\n", "  99.999 %  control\n", "  0.001 %\n", "      0 %\n"] {
            #expect(show.contains(part), "\(part): \(show)")
        }
        let rows = (0..<3_000).map { "nearly,a,u\($0),2026-02-01T00:00:00Z\n" }
        let log = "experiment,variant_id,user_id,timestamp\n" + rows.joined()
        #expect(try tool.run("import", "exposures", "-", input: log).code == 0)
        let tester = try tool.file("tester.toml", text + "\noverrides = { u1 = \"b\" }\n")
        let plan = try tool.run("apply", tester, "--dry-run").output
        #expect(plan.contains("1 (0.03 %) drop out, 0 (0 %) come in"), "\(plan)")
    }

    @Test(
        "the end of time can be written, in whichever digits, and is the end",
        arguments: [
            "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999999Z",
            "9999-12-31T23:59:59.999999999Z", "9999-12-31T22:59:59.999999999-01:00",
        ])
    func endOfTime(_ time: String) throws {
        for moment in [time, "\"\(time)\""] {
            let tool = Tool()
            let file = try tool.file("end.toml", Tool.definitions + "ends_at = \(moment)\n")
            #expect(try tool.run("apply", file).output.contains("experiment banner: new, draft\n"))
            #expect(try tool.run("apply", file).output.contains("experiment banner: unchanged\n"))
            #expect(try tool.run("show", "banner").output.contains("ends       9999-12-31T23:59:59."))
        }
    }

    @Test(
        "a time after the year 9999 is no time",
        arguments: ["9999-12-31T23:00:00-01:00", "9999-12-31T23:59:59.9-00:01"])
    func afterTheEnd(_ time: String) throws {
        let tool = Tool()
        let ending = try tool.run(
            "apply", try tool.file("end.toml", Tool.definitions + "ends_at = \(time)\n"))
        #expect(ending.code == 2)
        #expect(ending.errors.contains("ends_at must be within the years 1970 to 9999"), "\(ending.errors)")
    }

    @Test("a dry run without a database says what would be made, and makes nothing")
    func scratch() throws {
        let tool = Tool()
        let ending = try tool.run("apply", try tool.file("designed.toml", Self.designed), "--dry-run")
        #expect(ending.code == 0)
        #expect(ending.output.contains("experiment checkout: new, running\n"))
        #expect(!FileManager.default.fileExists(atPath: tool.database))
    }

    @Test("a plan names every refusal, and whom of the units seen it would move, exactly")
    func plan() throws {
        let tool = Tool()
        try tool.define()
        let units = (0..<500).map { "u\($0)" }
        let rows = units.map { "button,control,\($0),2026-02-01T00:00:00Z\n" }
        let log = "experiment,variant_id,user_id,timestamp\n" + rows.joined() + rows.joined()
        #expect(try tool.run("import", "exposures", "-", input: log).code == 0)
        let before = try tool.sqlite(".dump")
        let changed =
            Tool.definitions.replacing("weight = 50,", with: "weight = 150,")
            .replacing("goals", with: "coverage = 0.5\ngoals")
                + """
                [[experiments]]
                id = "banner2"
                algorithm = "md5"
                variants = [{ id = "off", is_control = true }]
                """
        let file = try tool.file("changed.toml", changed)
        // By hand: a unit between 0.5 and 0.75 becomes a control; half drop out by their point of coverage.
        let stays = units.filter { DefaultHash("button:\($0):coverage").point < 0.5 }
        let moved = stays.count { 0.5..<0.75 ~= DefaultHash("button:\($0)").point }
        let left = 500 - stays.count
        func share(_ count: Int) -> String { "\(count) (" + "\(Double(count) / 5) %)".replacing(".0 %", with: " %") }
        let movement =
            "of 500 units seen \(share(moved)) get another variant, \(share(left)) drop out, 0 (0 %) come in"
        let plan = try tool.run("apply", file, "--dry-run")
        #expect(plan.code == 2)
        #expect(plan.output.contains("experiment button: refused: weights, coverage; \(movement)\n"))
        #expect(plan.output.contains("experiment banner2: refused\n"))
        #expect(plan.errors.contains("weights, coverage of 'button' cannot change once it has run"))
        #expect(plan.errors.contains("algorithm of 'banner2' must be one of"))
        #expect(try tool.run("apply", file).code == 2)
        #expect(try tool.sqlite(".dump") == before)
        let allowed = try tool.file(
            "allowed.toml", changed.components(separatedBy: "[[experiments]]\nid = \"banner2")[0])
        let opened = try tool.run("apply", allowed, "--new-phase")
        #expect(opened.output.contains("experiment button: changed: weights, coverage, new phase 2; \(movement)\n"))
        let raised = try tool.file(
            "raised.toml", try String(contentsOfFile: allowed, encoding: .utf8).replacing("0.5\n", with: "0.9\n"))
        #expect(try tool.run("apply", raised).output.contains("coverage 0.5 to 0.9\n"))
    }

    @Test("new phases are opened by hand, keeping or shuffling, and --re-randomise needs one")
    func phases() throws {
        let tool = Tool()
        try tool.define()
        #expect(
            try tool.run("new-phase", "button").errors == "'button' is in phase 2: everybody keeps their variant.\n")
        #expect(try tool.run("new-phase", "button", "--re-randomise").errors.contains("shuffled anew"))
        #expect(
            try tool.sqlite("SELECT phase, seed FROM phases WHERE experiment = 'button'")
                == "1|button\n2|button\n3|button#3")
        #expect(try tool.run("new-phase", "banner").code == 2)
        #expect(try tool.run("new-phase", "nobody").code == 2)
        let file = try tool.file("definitions.toml", Tool.definitions)
        #expect(try tool.run("apply", file, "--re-randomise").code == 1)
        #expect(try tool.run("apply", file, "--new-phase", "--re-randomise").output.contains("button: unchanged"))
        let heavier = try tool.file("heavier.toml", Tool.definitions.replacing("weight = 50,", with: "weight = 60,"))
        let output = try tool.run("apply", heavier, "--new-phase", "--re-randomise").output
        #expect(output.contains("button: changed: weights, new phase 4, re-randomised"))
        #expect(try tool.sqlite("SELECT seed FROM phases WHERE phase = 4") == "button#4")
    }

    @Test("a scheduled experiment can be started at once")
    func start() throws {
        let tool = Tool()
        let ahead = Self.designed.replacing("2026-01-01T08", with: "2998-01-01T08")
        #expect(try tool.run("apply", try tool.file("ahead.toml", ahead)).code == 0)
        #expect(try tool.run("assign", "checkout", "--user", "u2").errors.contains("runs from 2998-"))
        #expect(try tool.run("start", "checkout").errors.contains("is running"))
        #expect(try tool.run("start", "checkout").errors.contains("already running"))
        #expect(
            try tool.sqlite("SELECT starts_at_us IS NULL, ends_at_us FROM experiment_definition")
                == "1|32472144000250000")
    }
}
