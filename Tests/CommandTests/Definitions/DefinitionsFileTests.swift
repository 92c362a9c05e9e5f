import Foundation
import TestSupport
import Testing

@Suite("Definitions files")
struct DefinitionsFileTests {
    @Test("the reference plugin's shape is read, its own keys left to it")
    func plugins() throws {
        let tool = Tool()
        let file = try tool.file(
            "server.toml",
            """
            [[plugins]]
            name = "experiments"
            type = "hash"
            settings = { anything = [1, 2] }
            [[plugins.experiments]]
            id = "nested"
            variants = [{ id = "a", weight = 1, is_control = true }, { id = "b", weight = 0.5 }]
            """)
        #expect(try tool.run("apply", file).output == "experiment nested: new, running\n")
        #expect(try tool.sqlite("SELECT weight FROM phase_variant ORDER BY position") == "1.0\n0.5")
    }

    @Test("the definitions file that apply's help prints can be applied as it is")
    func help() throws {
        let tool = Tool()
        let help = try tool.bare(["apply", "--help"]).output
        let file = try #require(help.split(separator: "DEFINITIONS FILE\n").last?.split(separator: "\nUSAGE").first)
        let ending = try tool.run("apply", try tool.file("help.toml", String(file)))
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(ending.output.split(separator: "\n").count == 8)
    }

    @Test(
        "a header whose name begins with what no name can is told with its place, and ends no process",
        arguments: ["[é]", "[^]", "[[[", "[.a]", "[,]", "[=]", "[!x]", "[[^a]]", "[ ä ]"])
    func brokenHeaders(header: String) throws {
        let tool = Tool()
        let text = "settings = \"\"\"\n[é]\n\"\"\"\nnested = [\n[[1], [2]],\n]\n\(header)\n"
        let ending = try tool.run("apply", try tool.file("broken.toml", text))
        #expect(ending.code == 2)
        #expect(ending.errors.contains("line 7, column "), "\(ending.errors)")
    }

    @Test("every way to write a metric's window and cap")
    func metrics() throws {
        let tool = Tool()
        let windows = ["window = \"14d\"", "window = \"36h\"", "window = \"90m\"", "window = \"30s\"", "window_us = 7"]
        let text = windows.enumerated().map { index, window in
            "[[metrics]]\nname = \"m\(index)\"\nkind = \"numeric\"\naggregation = \"mean\"\ncap = \(index)\n"
                + "direction = \"decrease\"\n\(window)\n"
        }
        #expect(try tool.run("apply", try tool.file("metrics.toml", text.joined())).code == 0)
        #expect(
            try tool.sqlite("SELECT window_us, cap, aggregation, direction FROM metric_definition ORDER BY name")
                == """
                1209600000000|0.0|mean|decrease
                129600000000|1.0|mean|decrease
                5400000000|2.0|mean|decrease
                30000000|3.0|mean|decrease
                7|4.0|mean|decrease
                """)
    }

    @Test("a plan is read, shown, changed while the experiment runs, and taken away")
    func plan() throws {
        let tool = Tool()
        func apply(_ plan: String) throws -> String {
            try tool.run(
                "apply",
                try tool.file(
                    "plan.toml",
                    "[[experiments]]\nid = \"x\"\nvariants = [{ id = \"a\", is_control = true }, { id = \"b\" }]\n\(plan)\n"
                )
            ).output
        }
        #expect(try apply("plan = { units = 5000, minimum_lift = 0.02 }") == "experiment x: new, running\n")
        let shown = try tool.run("show", "x").output
        #expect(shown.contains("5,000") && shown.contains("2 %"))
        #expect(try apply("plan = { units = 6000 }") == "experiment x: changed: plan\n")
        #expect(try tool.sqlite("SELECT planned_units, minimum_lift FROM experiment_definition") == "6000|")
        #expect(try apply("plan = { units = 6000 }") == "experiment x: unchanged\n")
        #expect(try apply("") == "experiment x: changed: plan\n")
        #expect(try tool.sqlite("SELECT count(planned_units) FROM experiment_definition") == "0")
    }

    @Test("segments, covariate, hypothesis, owner and a strict plan are read, shown, changed and taken away")
    func analysis() throws {
        let tool = Tool()
        func apply(_ keys: String) throws -> String {
            try tool.run(
                "apply",
                try tool.file(
                    "analysis.toml",
                    "[[experiments]]\nid = \"x\"\nvariants = [{ id = \"a\", is_control = true }, { id = \"b\" }]\n\(keys)\n"
                )
            ).output
        }
        let keys = """
            segments = ["platform", "new \\"user\\""]
            covariate = "off"
            hypothesis = "Green sells."
            owner = "Ada"
            strict_plan = true
            plan = { plausible_lift = 0.3 }
            """
        #expect(try apply(keys) == "experiment x: new, running\n")
        #expect(try apply(keys) == "experiment x: unchanged\n")
        let shown = try tool.run("show", "x").output
        for text in ["Green sells.", "Ada", "platform, new \"user\"", "covariate", "strict plan", "30 %"] {
            #expect(shown.contains(text))
        }
        let json = try tool.run("show", "x", "--format", "json").output
        for text in [
            #""strict_plan": true"#, #""covariate": "off""#, #""plausible_lift": 0.3"#, #""owner": "Ada""#,
        ] {
            #expect(json.contains(text))
        }
        #expect(
            try apply(#"segments = ["platform"]"#)
                == "experiment x: changed: plan, segments, covariate, strict_plan, hypothesis, owner\n")
        #expect(try apply("") == "experiment x: changed: segments\n")
    }

    @Test("what is exported is applied without a change, whatever the names; a file of it again says the same")
    func export() throws {
        let tool = Tool()
        let text = """
            [[experiments]]
            id = "prix \\"spécial\\"\\\\"
            status = "running"
            unit = "session"
            variants = [{ id = "a\\\\", weight = 0.25, is_control = true }, { id = "é", weight = 1e-7 }]
            goals = ["buy"]
            guardrails = [{ metric = "latency", margin = 0.02 }]
            plan = { units = 9, days = 0, minimum_lift = 0.001, plausible_lift = 2 }
            segments = ["new user"]
            covariate = "off"
            identity = "first"
            strict_plan = true
            hypothesis = "Green sells 🟢 \\\\ more."
            owner = "Ada"
            coverage = 0.5
            namespace = { name = "top", range = [0.1, 0.3] }
            overrides = { "a b" = "é", "\\u0007" = "é" }
            starts_at = 2020-01-01T00:00:00.123456Z
            seed = "x"
            [[experiments]]
            id = "over"
            status = "stopped"
            winner = "b"
            variants = [{ id = "a", is_control = true }, { id = "b" }]
            [[metrics]]
            name = "buy"
            kind = "bool"
            window = "14d"
            [[metrics]]
            name = "latency"
            kind = "numeric"
            aggregation = "mean"
            window_us = 1500001
            cap = 1e6
            direction = "decrease"
            [holdout]
            share = 0.05
            """
        #expect(try tool.run("apply", try tool.file("all.toml", text)).code == 0)
        let exported = try tool.run("export", "definitions").output
        let again = try tool.file("again.toml", exported)
        #expect(
            try tool.run("apply", again, "--dry-run").output.split(separator: "\n").allSatisfy {
                $0.hasSuffix("unchanged")
            })
        let other = Tool()
        #expect(try other.run("apply", again).code == 0)
        #expect(try other.run("export", "definitions").output == exported)
        #expect(try tool.run("export", "definitions", "--output", again).output == "")
    }

    @Test(
        "a mistake is named with its place, and nothing is applied",
        arguments: [
            ("[[experiment]]\nid = \"x\"", "experiment: is not a known key; did you mean 'experiments'?"),
            (
                "[[experiments]]\nid = \"x\"\nvariants = [{ id = \"a\", wieght = 1 }]",
                "experiments[0].variants[0].wieght: is not a known key; did you mean 'weight'?"
            ),
            (
                "[[experiments]]\nid = \"x\"\nvariants = [{ id = \"a\", weight = \"1\" }]",
                "experiments[0].variants[0].weight: must be a number"
            ),
            (
                "[[experiments]]\nid = \"x\"\nvariants = [{ id = \"a\", weight = 1, is_control = true }, { id = \"b\" }]",
                "experiments[0].variants[1]: lacks 'weight'"
            ),
            (
                "[[experiments]]\nid = \"x\"\nvariants = [{ id = \"a\" }, { id = \"b\" }]",
                "is_control must be set on exactly one variant"
            ),
            (
                "[[experiments]]\nid = \"x\"\nstatus = \"runing\"",
                "experiments[0].status: must be one of draft, running, stopped"
            ),
            ("[[experiments]]\nvariants = []", "experiments[0]: lacks 'id'"),
            ("[[experiments]]\nid = \"x\\u0000\"", "must not contain U+0000"),
            (
                "[[experiments]]\nid = \"x\"\nvariants = [{ id = \"a\", is_control = true }]\nplan = { lift = 1 }",
                "experiments[0].plan.lift: is not a known key"
            ),
            (
                "[[experiments]]\nid = \"x\"\nvariants = [{ id = \"a\", is_control = true }]\nplan = { units = 1 }",
                "experiments[0].plan: plan units must be 2 or more"
            ),
            (
                "[[experiments]]\nid = \"x\"\nvariants = [{ id = \"a\", is_control = true }]\nsegments = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"]",
                "experiments[0] ('x'): segments must be at most 5"
            ),
            (
                "[[experiments]]\nid = \"x\"\nvariants = [{ id = \"a\", is_control = true }]\nsegments = [\"a\", \"a\"]\ncovariate = \"on\"",
                "experiments[0].covariate: must be one of auto, off"
            ),
            ("[[metrics]]\nname = \"m\"", "metrics[0]: lacks 'kind'"),
            (
                "[[metrics]]\nname = \"m\"\nkind = \"bool\"\nwindow = \"14 d\"",
                "metrics[0].window: must be a whole number with d, h, m or s"
            ),
            (
                "[[metrics]]\nname = \"m\"\nkind = \"bool\"\nwindow = \"1d\"\nwindow_us = 1",
                "metrics[0].window: and 'window_us' must not both be given"
            ),
            (
                "[[metrics]]\nname = \"m\"\nkind = \"bool\"\n[[metrics]]\nname = \"m\"\nkind = \"bool\"",
                "metrics: define 'm' twice"
            ),
            ("[[metrics]]\nname = \"m\"\nkind == \"bool\"", "line 3, column 7"),
        ])
    func mistakes(_ mistake: (text: String, message: String)) throws {
        let tool = Tool()
        try tool.define()
        let before = try tool.sqlite(".dump")
        let good = "[[metrics]]\nname = \"good\"\nkind = \"count\"\n"
        // After the good part, except where the line number is what is tested.
        let text =
            mistake.message.hasPrefix("line") || mistake.message.contains("[0]") ? mistake.text : good + mistake.text
        let ending = try tool.run("apply", try tool.file("bad.toml", text))
        #expect(ending.code == 2)
        #expect(ending.errors.contains(mistake.message))
        #expect(ending.output == "")
        #expect(try tool.sqlite(".dump") == before)
    }

    @Test("every problem of a file is told in one run, each with its place, and nothing is applied")
    func everyProblem() throws {
        let tool = Tool()
        try tool.define()
        let before = try tool.sqlite(".dump")
        let text = """
            metric = 1
            [holdout]
            name = 7
            [[experiments]]
            id = "one"
            status = "runing"
            coverage = "half"
            goals = ["a", 1, "a"]
            variants = [{ id = "a", is_control = 1 }, { weight = "2", id = "b", extra = 1 }]
            guardrails = [{ margin = 0.1 }, { metric = "m", margin = 2 }, { metric = "m" }]
            plan = { units = 1.5 }
            namespace = { range = [1] }
            overrides = { u = 1 }
            starts_at = "soon"
            [[experiments]]
            id = "fine"
            variants = [{ id = "a", is_control = true }]
            [[experiments]]
            id = "two"
            variants = [{ id = "a" }, { id = "b", weight = 1 }]
            [[experiments]]
            id = "one"
            variants = [{ id = "a" }]
            [[metrics]]
            name = "m"
            window = "week"
            [[metrics]]
            kind = "boolean"
            cap = true
            """
        let file = try tool.file("bad.toml", text)
        let ending = try tool.run("apply", file)
        #expect(ending.code == 2 && ending.output == "")
        #expect(
            ending.errors == """
                Error: \(file): 26 problems, so nothing was applied:
                  holdout: lacks 'share'
                  holdout.name: must be a string, in quotes
                  metric: is not a known key; did you mean 'metrics'?
                  experiments: define 'one' twice
                  experiments[0].status: must be one of draft, running, stopped
                  experiments[0].variants[0].is_control: must be true or false
                  experiments[0].variants[1].weight: must be a number
                  experiments[0].variants[1].extra: is not a known key
                  experiments[0].goals: must be an array of strings
                  experiments[0].guardrails[0]: lacks 'metric'
                  experiments[0].guardrails[1]: guardrail margin must be at least 0 and below 1
                  experiments[0].goals: name 'a' twice
                  experiments[0].guardrails: name 'm' twice
                  experiments[0].plan.units: must be an integer
                  experiments[0].coverage: must be a number
                  experiments[0].namespace.range: must be two numbers, such as [0.0, 0.5]
                  experiments[0].namespace: lacks 'name'
                  experiments[0].overrides.u: must be a string, in quotes
                  experiments[0].starts_at: must be a time with Z or an offset, such as 2026-01-31T09:30:00Z
                  experiments[2].variants[0]: lacks 'weight'; give every variant one, or none for equal shares
                  experiments[3] ('one'): is_control must be set on exactly one variant
                  metrics[0]: lacks 'kind': bool, numeric or count
                  metrics[0].window: must be a whole number with d, h, m or s, such as "14d"
                  metrics[1]: lacks 'name'
                  metrics[1].kind: must be one of bool, numeric, count
                  metrics[1].cap: must be a number, a percentile such as "p99", or { percentile = 0.99 }

                """)
        #expect(try tool.sqlite(".dump") == before)
    }

    @Test("every rule that one experiment breaks is told at once, and no database is made for what is refused")
    func everyRule() throws {
        let tool = Tool()
        let file = try tool.file(
            "bad.toml",
            """
            [[experiments]]
            id = "one"
            variants = [{ id = "a", weight = -1 }, { id = "a", weight = 1 }]
            goals = [""]
            coverage = 1.5
            overrides = { "tester" = "c" }
            seed = ""
            starts_at = 2026-03-02T00:00:00Z
            ends_at = 2026-03-01T00:00:00Z
            """)
        let ending = try tool.run("apply", file)
        #expect(ending.code == 2 && ending.output == "")
        #expect(
            ending.errors == """
                Error: \(file): 8 problems, so nothing was applied:
                  experiments[0] ('one'): variant_id must be unique in its experiment
                  experiments[0] ('one'): is_control must be set on exactly one variant
                  experiments[0] ('one'): weight must be finite and not negative
                  experiments[0] ('one'): coverage must be at least 0 and at most 1
                  experiments[0] ('one'): override variant_id must be one of the experiment's variants
                  experiments[0] ('one'): seed must not be empty
                  experiments[0] ('one'): goal must not be empty
                  experiments[0] ('one'): ends_at must be later than starts_at

                """)
        let foreign = try tool.file(
            "foreign.toml",
            "[[experiments]]\nid = \"one\"\nalgorithm = \"md5\"\nvariants = [{ id = \"a\", is_control = true }]\n")
        let refused = try tool.run("apply", foreign)
        #expect(refused.code == 2)
        #expect(refused.errors.hasPrefix("Error: algorithm of 'one' must be one of "))
        #expect(!FileManager.default.fileExists(atPath: tool.database))
    }

    @Test("an unsafe change to an experiment that has run is refused with the way out, and --new-phase is one")
    func unsafe() throws {
        let tool = Tool()
        try tool.define()
        let before = try tool.sqlite(".dump")
        let text =
            Tool.definitions.replacing("weight = 50,", with: "weight = 90,")
            + "[[metrics]]\nname = \"m\"\nkind = \"bool\"\n"
        let file = try tool.file("changed.toml", text)
        let refused = try tool.run("apply", file)
        #expect(refused.code == 2)
        #expect(refused.errors.contains("'button'"))
        #expect(refused.errors.contains("--new-phase"))
        #expect(try tool.sqlite(".dump") == before)
        let allowed = try tool.run("apply", file, "--new-phase")
        #expect(allowed.code == 0)
        #expect(allowed.output.contains("experiment button: changed: weights, new phase 2\n"))
    }
}
