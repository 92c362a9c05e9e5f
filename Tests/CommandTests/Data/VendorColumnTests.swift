import TestSupport
import Testing

@Suite("Objects that a vendor's export holds as texts")
struct VendorColumnTests {
    private let tool = Tool()

    init() throws {
        try tool.define()
    }

    private func load(_ log: String, _ vendor: String, _ text: String) throws -> Tool.Ending {
        try tool.bare(["import", log, "-", "--format", vendor, "--database", tool.database], input: text)
    }

    /// A JSON text as the JSON of a text.
    private func quoted(_ json: String) -> String {
        "\"" + json.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// A text as a cell of CSV.
    private func cell(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }

    private func exposures() throws -> String {
        try tool.sqlite("SELECT variant_id, user_id, attributes FROM exposures ORDER BY exposure")
    }

    private func outcomes() throws -> String {
        try tool.sqlite("SELECT metric, kind, value, user_id FROM outcomes ORDER BY outcome")
    }

    private static let called = #"{"$feature_flag":"button","$feature_flag_response":"treatment"}"#

    @Test("PostHog: properties are what their text says, in lines, in a column, and in a text within a text")
    func properties() throws {
        func line(_ user: String, _ event: String, _ properties: String) -> String {
            #"{"event":"\#(event)","distinct_id":"\#(user)","timestamp":"2026-01-05T10:00:00Z","properties":\#(properties)}"#
                + "\n"
        }
        let lines =
            line("u1", "$feature_flag_called", quoted(Self.called))
            + line("u2", "$feature_flag_called", quoted(quoted(Self.called)))
            + line("u1", "order", quoted(#" {"revenue": 39.5}"#)) + line("u2", "order", quoted(#"{"revenue":"7.25"}"#))
            + line("u3", "visit", quoted("")) + line("u4", "visit", quoted("{}")) + line("u5", "visit", quoted("null"))
        #expect(try load("exposures", "posthog", lines).errors.contains("Imported 2 exposures."))
        #expect(try load("outcomes", "posthog", lines).errors.contains("Imported 5 outcomes."))
        let rows = [
            ("u6", "$feature_flag_called", Self.called), ("u7", "$feature_flag_called", quoted(Self.called)),
            ("u6", "order", #"{"value":3}"#),
        ]
        let table =
            "uuid,event,properties,distinct_id,person_properties,timestamp\n"
            + rows.enumerated().map { "id\($0),\($1.1),\(cell($1.2)),\($1.0),{},2026-01-05 10:00:00.5\n" }.joined()
        #expect(try load("exposures", "posthog", table).errors.contains("Imported 2 exposures."))
        #expect(try load("outcomes", "posthog", table).errors.contains("Imported 1 outcome."))
        #expect(try exposures() == "treatment|u1|\ntreatment|u2|\ntreatment|u6|\ntreatment|u7|")
        #expect(
            try outcomes() == """
                order|numeric|39.5|u1
                order|numeric|7.25|u2
                visit|bool|1|u3
                visit|bool|1|u4
                visit|bool|1|u5
                order|numeric|3.0|u6
                """)
    }

    @Test("PostHog: a query of single properties has a column each")
    func singleProperties() throws {
        let table = """
            event,distinct_id,timestamp,properties.$feature_flag,properties.$feature_flag_response,properties.revenue
            $feature_flag_called,u1,2026-01-05 10:00:00,button,control,
            order,u1,2026-01-05 11:00:00,,,12.5

            """
        #expect(try load("exposures", "posthog", table).errors.contains("Imported 1 exposure."))
        #expect(try load("outcomes", "posthog", table).errors.contains("Imported 1 outcome."))
        #expect(try exposures() == "control|u1|")
        #expect(try outcomes() == "order|numeric|12.5|u1")
    }

    @Test("properties that are no JSON are refused by their line, since the value would be missing in silence")
    func damaged() throws {
        let table = """
            event,properties,distinct_id,timestamp
            order,{'revenue': 39.5},u1,2026-01-05 10:00:00
            order,"{""revenue"":39.5",u2,2026-01-05 10:00:00
            $pageview,{'what is passed over': 1},u3,2026-01-05 10:00:00

            """
        let ending = try load("outcomes", "posthog", table)
        #expect(ending.code == 2)
        for line in [2, 3] { #expect(ending.errors.contains("line \(line): properties must be a JSON object")) }
        #expect(!ending.errors.contains("line 4:"))
        #expect(try outcomes().isEmpty)
    }

    @Test("GrowthBook's and Statsig's warehouses likewise")
    func others() throws {
        let growthBook = """
            event_name,timestamp,user_id,properties_json,context_json
            Experiment Viewed,2026-01-05 09:00:00,u1,\(cell(#"{"experimentId":"button","variationId":"control"}"#)),\(cell(#"{"plan":"pro"}"#))
            order,2026-01-05 10:00:00,u1,\(cell(#"{"value":4}"#)),

            """
        #expect(try load("exposures", "growthbook", growthBook).code == 0)
        #expect(try load("outcomes", "growthbook", growthBook).code == 0)
        let metadata = cell(#"{"config":"button","ruleID":"r1","groupName":"treatment"}"#)
        let statsig = """
            timestamp,event_name,event_value,user_object,company_metadata
            2026-01-05 10:00:00,statsig::config_exposure,,\(cell(#"{"userID":"u2","country":"FR"}"#)),\(metadata)
            2026-01-05 11:00:00,order,5.5,\(cell(#"{"userID":"u2"}"#)),

            """
        #expect(try load("exposures", "statsig", statsig).code == 0)
        #expect(try load("outcomes", "statsig", statsig).code == 0)
        #expect(
            try exposures() == #"""
                control|u1|{"plan":"pro"}
                treatment|u2|{"country":"FR","userID":"u2"}
                """#)
        #expect(try outcomes() == "order|numeric|4.0|u1\norder|numeric|5.5|u2")
    }
}
