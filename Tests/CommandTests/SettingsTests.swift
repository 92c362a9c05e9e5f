import Testing

/// Settings of a vendor's algorithm, as a table or as JSON.
@Suite("Settings in definitions files")
struct SettingsTests {
    private static func button(_ settings: String) -> String {
        """
        [[experiments]]
        id = "button"
        algorithm = "posthog"
        variants = [{ id = "control", weight = 50, is_control = true }, { id = "treatment", weight = 50 }]
        \(settings)
        """
    }

    @Test("a table and a JSON object of the same settings are stored as the same text, to the last digit")
    func text() throws {
        let json = #"""
            {"z": 1.0, "variants": [50, 5e1], "conditions": [{"variant": 1, "rollout": 12.5}], "é\"\\\n": "\u00e9/\t",
            "big": 9007199254740993, "least": -9223372036854775808, "tiny": 1e-7, "third": 0.30000000000000004,
            "huge": 1e300, "exact": 1e18, "b": {"y": true, "x": [[0, 0.5], []]}, "": {}, "zero": -0.0}
            """#
        let forms = [
            "settings = '''\(json)'''",
            #"""
            [experiments.settings]
            b = { x = [[0.0, 0.5], []], y = true }
            "" = {}
            zero = -0.0
            exact = 1e18
            huge = 1e300
            third = 0.30000000000000004
            tiny = 1e-7
            least = -9223372036854775808
            big = 9007199254740993
            "é\"\\\n" = "é/\t"
            variants = [50.0, 50]
            z = 1
            [[experiments.settings.conditions]]
            rollout = 12.5
            variant = 1
            """#,
        ]
        let expected = #"""
            {"":{},"b":{"x":[[0,0.5],[]],"y":true},"big":9007199254740993,"conditions":[{"rollout":12.5,"variant":1}],\#
            "exact":1000000000000000000,"huge":1e+300,"least":-9223372036854775808,"third":0.30000000000000004,\#
            "tiny":1e-07,"variants":[50,50],"z":1,"zero":0,"é\"\\\u000a":"é/\u0009"}
            """#
        for (index, form) in forms.enumerated() {
            let tool = Tool()
            let file = try tool.file("settings.toml", Self.button(form))
            #expect(try tool.run("apply", file).output == "experiment button: new, running\n")
            #expect(try tool.sqlite("SELECT settings FROM phases") == expected)
            let other = try tool.file("other.toml", Self.button(forms[1 - index]))
            #expect(try tool.run("apply", other).output == "experiment button: unchanged\n")
        }
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
        arguments: ["[1]", "7", "'[]'", "'{'", "'{\"a\": 1e999}'", "'{} {}'", "''", "'null'"])
    func noObject(_ settings: String) throws {
        let tool = Tool()
        let ending = try tool.run("apply", try tool.file("bad.toml", Self.button("settings = \(settings)")))
        #expect(ending.code == 2)
        #expect(ending.errors.contains("experiments[0].settings: must be a table, or a JSON object in quotes"))
    }
}
