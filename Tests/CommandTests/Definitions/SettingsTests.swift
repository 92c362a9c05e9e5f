import TestSupport
import Testing

/// Settings of a vendor's algorithm, as a table or as JSON.
@Suite("Settings in definitions files")
struct SettingsTests {
    private static func button(_ settings: String, algorithm: String = "posthog") -> String {
        """
        [[experiments]]
        id = "button"
        algorithm = "\(algorithm)"
        variants = [{ id = "control", weight = 50, is_control = true }, { id = "treatment", weight = 50 }]
        \(settings)
        """
    }

    @Test("a table and a JSON object of the same settings are stored as the same text, to the last digit")
    func text() throws {
        let json = #"""
            {"ranges": [[0, 1.0], [-0.0, 5e-1]], "hashVersion": 2.0, "encoding": "utf16", "earlier": [], "filters":
            [{"seed": "\u00e9\"\\\n/\t", "ranges": [[9007199254740993, -9223372036854775808], [1e-7, 1e300],
            [0.30000000000000004, 1e18]]}]}
            """#
        let forms = [
            "settings = '''\(json)'''",
            #"""
            [experiments.settings]
            earlier = []
            encoding = "utf16"
            hashVersion = 2
            ranges = [[0.0, 1], [0, 0.5]]
            [[experiments.settings.filters]]
            ranges = [[9007199254740993, -9223372036854775808], [1e-7, 1e300], [0.30000000000000004, 1e18]]
            seed = "é\"\\\n/\t"
            """#,
        ]
        let expected = #"""
            {"earlier":[],"encoding":"utf16","filters":[{"ranges":[[9007199254740993,-9223372036854775808],[1e-07,1e+300],\#
            [0.30000000000000004,1000000000000000000]],"seed":"é\"\\\u000a/\u0009"}],"hashVersion":2,\#
            "ranges":[[0,1],[0,0.5]]}
            """#
        for (index, form) in forms.enumerated() {
            let tool = Tool()
            let file = try tool.file("settings.toml", Self.button(form, algorithm: "growthbook"))
            let ending = try tool.run("apply", file)
            #expect(ending.output == "experiment button: new, running\n", "\(ending.errors)")
            #expect(try tool.sqlite("SELECT settings FROM phases") == expected)
            let other = try tool.file("other.toml", Self.button(forms[1 - index], algorithm: "growthbook"))
            #expect(try tool.run("apply", other).output == "experiment button: unchanged\n")
        }
    }

    @Test("a field that the algorithm does not know is refused by its path, as a table and as JSON")
    func unknown() throws {
        for settings in [
            "settings = { variants = [50, 50], conditions = [{ rolout = 20 }], holdouts = 1 }",
            #"settings = '{"variants": [50, 50], "conditions": [{"rolout": 20}], "holdouts": 1}'"#,
        ] {
            let tool = Tool()
            let ending = try tool.run("apply", try tool.file("bad.toml", Self.button(settings)))
            #expect(ending.code == 2)
            #expect(ending.errors.contains("settings of 'button' must not have fields that the algorithm posthog"))
            #expect(ending.errors.contains("does not know: conditions[0].rolout, holdouts"), "\(ending.errors)")
        }
    }

    @Test("JSON that says more than could be stored is refused by the path, with every problem")
    func ambiguous() throws {
        let tool = Tool()
        let json = #"""
            {"variants": [50, 18446744073709551616], "conditions": [{"rollout": 1, "rollout": 1e999}],
            "conditions": [], "\u001b": -9223372036854775809, "large": 18446744073709551615, "least": -9223372036854775808}
            """#
        let file = try tool.file("bad.toml", Self.button("settings = '''\(json)'''"))
        let ending = try tool.run("apply", file)
        #expect(ending.code == 2)
        let long = "must be an integer of at most 64 bits, or have a fraction or an exponent"
        #expect(
            ending.errors == """
                Error: \(file): 5 problems, so nothing was applied:
                  experiments[0].settings.variants[1]: \(long)
                  experiments[0].settings.conditions[0].rollout: is there more than once
                  experiments[0].settings.conditions[0].rollout: must be a finite number
                  experiments[0].settings.conditions: is there more than once
                  experiments[0].settings.\\u{1b}: \(long)

                """)
    }

    @Test("what was imported from a vendor can be defined as a table, in any order of keys, without a change")
    func imported() throws {
        let tool = Tool()
        let flags = """
            {"flags": [{"key": "button", "active": true, "filters": {"groups": [{"rollout_percentage": 12.5}],
            "multivariate": {"variants": [{"key": "control", "rollout_percentage": 50},
            {"key": "treatment", "rollout_percentage": 50}]}}}]}
            """
        #expect(try tool.run("import", "posthog", try tool.file("flags.json", flags)).code == 0)
        let stored = try tool.sqlite("SELECT settings FROM phases")
        func apply(_ settings: String) throws -> Tool.Ending {
            let weights = try tool.sqlite("SELECT weight FROM variants LIMIT 1")
            let text = Self.button(settings).replacing("weight = 50", with: "weight = \(weights)")
            return try tool.run("apply", try tool.file("button.toml", text))
        }
        for settings in [
            "settings = { variants = [50.0, 50], conditions = [{ rollout = 12.5 }] }",
            #"settings = '{ "variants": [50, 50.0], "conditions": [{"rollout": 12.50}] }'"#,
        ] {
            let ending = try apply(settings)
            #expect(ending.output == "experiment button: unchanged\n", "\(ending.errors)")
        }
        let changed = try apply("settings = { variants = [50, 50], conditions = [{ rollout = 13 }] }")
        #expect(changed.code == 2 && changed.errors.contains("settings of 'button' cannot change once it has run"))
        #expect(try tool.sqlite("SELECT settings FROM phases") == stored)
    }

    @Test(
        "what JSON cannot hold is refused by its path",
        arguments: [
            ("variants = [50, nan]", ".variants[1]: must be a finite number"),
            ("conditions = [{ rollout = -inf }]", ".conditions[0].rollout: must be a finite number"),
            ("since = 2026-01-01", ".since: must not be a date or time"),
            ("since = { at = 2026-01-01T00:00:00Z }", ".since.at: must not be a date or time"),
            ("since = [07:32:00]", ".since[0]: must not be a date or time"),
        ])
    func refused(_ mistake: (text: String, message: String)) throws {
        let tool = Tool()
        let ending = try tool.run(
            "apply", try tool.file("bad.toml", Self.button("[experiments.settings]\n\(mistake.text)")))
        #expect(ending.code == 2)
        #expect(ending.errors.contains("experiments[0].settings\(mistake.message)"), "\(ending.errors)")
    }

    @Test(
        "settings that are no object are refused",
        arguments: ["[1]", "7", "'[]'", "'{'", "'{} {}'", "''", "'null'"])
    func noObject(_ settings: String) throws {
        let tool = Tool()
        let ending = try tool.run("apply", try tool.file("bad.toml", Self.button("settings = \(settings)")))
        #expect(ending.code == 2)
        #expect(ending.errors.contains("experiments[0].settings: must be a table, or a JSON object in quotes"))
    }
}
