import Foundation
import TestSupport
import Testing

@Suite("Vendors' logs")
struct VendorLogTests {
    private let tool = Tool()

    init() throws {
        try tool.define()
    }

    private func load(_ log: String, _ vendor: String, _ text: String, _ options: String...) throws -> Tool.Ending {
        try tool.bare(
            ["import", log, "-", "--format", vendor, "--database", tool.database] + options, input: text)
    }

    private func exposures() throws -> String {
        try tool.sqlite(
            "SELECT experiment, variant_id, user_id, timestamp, attributes FROM exposures ORDER BY exposure")
    }

    private func outcomes() throws -> String {
        try tool.sqlite("SELECT metric, kind, value, user_id, timestamp FROM outcomes ORDER BY outcome")
    }

    @Test("GrowthBook: the rows of an assignment query, and the events of its ingest")
    func growthBook() throws {
        let rows = """
            user_id,timestamp,experiment_id,variation_id,country
            u1,2026-01-05 09:00:00,button,control,de
            u2,2026-01-05 09:00:00.123,button,treatment,
            """
        #expect(try load("exposures", "growthbook", rows + "\n").code == 0)
        let events = """
            [{"event_name": "Experiment Viewed", "timestamp": "2026-01-05T10:00:00Z", "user_id": "u3",
              "properties": {"experimentId": "button", "variationId": "treatment"}, "attributes": {"plan": "pro"}},
             {"event_name": "$$feature_evaluated", "timestamp": "2026-01-05T10:00:00Z", "user_id": "u3",
              "properties_json": {"feature_key": "f"}},
             {"event_name": "purchase", "timestamp": "2026-01-05T11:00:00Z", "user_id": "u3", "properties": {"value": 39.5}},
             {"event_name": "signup", "timestamp": "2026-01-05T11:00:00Z", "user_id": "u3", "properties": {}}]
            """
        #expect(try load("exposures", "growthbook", events).errors.contains("Passed over 1 × $$feature_evaluated."))
        #expect(try load("outcomes", "growthbook", events).code == 0)
        #expect(
            try exposures() == """
                button|control|u1|2026-01-05T09:00:00.000000Z|
                button|treatment|u2|2026-01-05T09:00:00.123000Z|
                button|treatment|u3|2026-01-05T10:00:00.000000Z|{"plan":"pro"}
                """)
        #expect(
            try outcomes() == """
                purchase|numeric|39.5|u3|2026-01-05T11:00:00.000000Z
                signup|bool|1|u3|2026-01-05T11:00:00.000000Z
                """)
    }

    @Test("GrowthBook: whoever a table says is outside of the experiment is no exposure, however it writes false")
    func outside() throws {
        let cells = ["true", "false", "FALSE", "0", "f", "", "1"]
        let rows = cells.enumerated().map { "u\($0),2026-01-05 09:00:00,button,control,\($1)\n" }.joined()
        let ending = try load(
            "exposures", "growthbook", "user_id,timestamp,experiment_id,variation_id,in_experiment\n" + rows)
        #expect(ending.errors.contains("Imported 3 exposures."), "\(ending.errors)")
        #expect(ending.errors.contains("Passed over 4 × outside of the experiment."), "\(ending.errors)")
        #expect(try tool.sqlite("SELECT group_concat(user_id) FROM exposures") == "u0,u5,u6")
    }

    @Test("GrowthBook: the unit is who the attributes name, before the event's own id")
    func eventID() throws {
        let events = """
            {"id": "e1", "event_name": "signup", "timestamp": "2026-01-05T10:00:00Z", "attributes": {"id": "u1"}}
            {"id": "u2", "event_name": "signup", "timestamp": "2026-01-05T10:00:00Z", "attributes": {"plan": "pro"}}
            """
        #expect(try load("outcomes", "growthbook", events).code == 0)
        #expect(try tool.sqlite("SELECT group_concat(user_id) FROM outcomes") == "u1,u2")
    }

    @Test("a value is what its metric's kind says: false and 0 are no, and a count of 2.5 is passed over by name")
    func values() throws {
        try tool.define(
            "[[metrics]]\nname = \"clicks\"\nkind = \"count\"\n[[metrics]]\nname = \"purchase\"\nkind = \"bool\"\n")
        func events(_ name: String, _ values: [String]) -> String {
            values.enumerated().map { number, value in
                #"{"event":"\#(name)","distinct_id":"u\#(number)","timestamp":"2026-01-05T10:00:00Z","properties":{\#(value)}}"#
                    + "\n"
            }.joined()
        }
        let counts = [
            #""value":2"#, #""value":"3.0""#, #""value":9007199254740993"#, "", #""value":"a label""#,
            #""value":2.5"#, #""value":1e30"#, #""value":"1e400""#,
        ]
        let loaded = try load("outcomes", "posthog", events("clicks", counts))
        #expect(loaded.errors.contains("Imported 5 outcomes."), "\(loaded.errors)")
        #expect(loaded.errors.contains("Passed over 3 × clicks without a whole number."), "\(loaded.errors)")
        let bools = ["false", "0", "\"false\"", "true", "1", "39.5", "null"].map { "\"value\":\($0)" }
        #expect(try load("outcomes", "posthog", events("purchase", bools)).code == 0)
        for (name, values) in [("clicks", "2,3,9007199254740993,1,1"), ("purchase", "0,0,0,1,1,1,1")] {
            let stored = try tool.sqlite("SELECT group_concat(value) FROM outcomes WHERE metric = '\(name)'")
            #expect(stored == values, "\(name)")
        }
    }

    @Test("Statsig: batches of its SDKs, its webhook and its warehouse's rows; rules by the names of the specs")
    func statsig() throws {
        let specs = """
            {"feature_gates": [], "dynamic_configs": [{"name": "button", "salt": "s", "enabled": true,
            "entity": "experiment", "rules": [{"id": "r1", "groupName": "control", "passPercentage": 100,
            "isExperimentGroup": true, "conditions": [{"type": "user_bucket", "operator": "lt", "targetValue": 1000,
            "additionalValues": {"salt": "s"}}]}]}]}
            """
        let batch = """
            {"events":[{"eventName":"statsig::config_exposure","value":null,"time":1767607200123,
            "user":{"userID":"u1","customIDs":{"companyID":"acme"},"country":"FR"},
            "metadata":{"config":"button","ruleID":"r1","rulePassed":"true"}},
            {"eventName":"statsig::config_exposure","time":1767607200123,"user":{"userID":"u2"},
            "metadata":{"config":"button","ruleID":"default"}},
            {"eventName":"statsig::config_exposure","time":1767607200123,"user":{"userID":"u2"},
            "metadata":{"config":"button","ruleID":"r1:userID:id_override"}},
            {"eventName":"statsig::gate_exposure","time":1767607200123,"user":{"userID":"u2"},"metadata":{"gate":"g"}},
            {"eventName":"purchase","value":39.5,"time":1767607200124,"user":{"userID":"u1"},"metadata":{"sku":"A1"}},
            {"eventName":"text","value":"abc","time":1767607200124,"user":{"userID":"u1"}}]}
            """
        let first = try load(
            "exposures", "statsig", batch, "--vendor-file", try tool.file("specs.json", specs))
        #expect(first.code == 0 && first.errors.contains("Imported 1 exposure."), "\(first.errors)")
        #expect(first.errors.contains("Passed over 1 × an override."))
        let webhook = """
            [{"eventName":"statsig::experiment_exposure","user":{"userID":"u3"},"timestamp":1767607200000,"timeUUID":"x1",
            "metadata":{"config":"button","ruleID":"r1","experimentGroupName":"treatment"}}]
            """
        for _ in 0..<2 { #expect(try load("exposures", "statsig", webhook + "\n").code == 0) }
        let rows = """
            unit_id,name,experiment_group,first_exposure_utc
            u4,button,treatment,2026-01-05 10:00:00
            """
        #expect(try load("exposures", "statsig", rows + "\n").code == 0)
        #expect(
            try exposures() == """
                button|control|u1|2026-01-05T10:00:00.123000Z|{"country":"FR","userID":"u1"}
                button|treatment|u3|2026-01-05T10:00:00.000000Z|{"userID":"u3"}
                button|treatment|u4|2026-01-05T10:00:00.000000Z|
                """)
        #expect(try load("outcomes", "statsig", batch).code == 0)
        #expect(try outcomes().contains("purchase|numeric|39.5|u1|2026-01-05T10:00:00.124000Z"))
    }

    @Test("PostHog: batches of its SDKs and rows of its export; what is no variant is passed over")
    func postHog() throws {
        func event(_ name: String, _ user: String, _ properties: String) -> String {
            #"{"event":"\#(name)","distinct_id":"\#(user)","timestamp":"2026-01-05T10:00:00.123456+00:00","uuid":"\#(name)\#(user)","properties":\#(properties)}"#
        }
        let flag = #""$feature_flag":"button","$feature_flag_response":"#
        let events = [
            event("$feature_flag_called", "u1", "{\(flag)\"control\"}"),
            event("$feature_flag_called", "u2", "{\(flag)false}"),
            event("$feature_flag_called", "u3", "{\(flag)\"treatment\",\"$session_id\":\"s1\"}"),
            event("$pageview", "u1", "{}"), event("purchase", "u1", #"{"revenue":39.5}"#), event("signup", "u1", "{}"),
        ]
        let batch = #"{"api_key":"k","batch":[\#(events.joined(separator: ","))]}"#
        #expect(try load("exposures", "posthog", batch).code == 0)
        #expect(try load("exposures", "posthog", events.joined(separator: "\n")).errors.contains("2 had an id"))
        let export =
            "uuid,event,properties,distinct_id,timestamp\nx,$feature_flag_called,\"{\(flag)\"\"treatment\"\"}\",u4,"
            .replacing("\"$feature", with: "\"\"$feature").replacing("flag\":", with: "flag\"\":")
            .replacing("response\":", with: "response\"\":").replacing("\"button\"", with: "\"\"button\"\"")
            + "2026-01-05 10:00:00.5\n"
        let rows = try load("exposures", "posthog", export)
        #expect(rows.code == 0, "\(rows.errors)")
        #expect(
            try exposures() == """
                button|control|u1|2026-01-05T10:00:00.123456Z|
                button|treatment|u3|2026-01-05T10:00:00.123456Z|
                button|treatment|u4|2026-01-05T10:00:00.500000Z|
                """)
        #expect(try load("outcomes", "posthog", batch).errors.contains("Imported 2 outcomes."))
        #expect(try outcomes().hasPrefix("purchase|numeric|39.5|u1|"))
    }

    @Test("Optimizely: payloads of its SDKs, by their metadata or by the datafile; revenue is in cents")
    func optimizely() throws {
        func payload(_ decision: String) -> String {
            """
            {"account_id":"a","visitors":[{"visitor_id":"u1","attributes":[{"key":"country","value":"FR"},
            {"key":"$opt_bot_filtering","value":false}],"snapshots":[
            {"decisions":[\(decision)],"events":[{"entity_id":"l","key":"campaign_activated","timestamp":1767607200123,
            "uuid":"one"}]},
            {"events":[{"entity_id":"ev1","key":"purchase","timestamp":1767607200124,"uuid":"two","revenue":3950},
            {"entity_id":"ev2","key":"signup","timestamp":1767607200125,"uuid":"three"}]}]}]}

            """
        }
        let named = payload(
            #"{"experiment_id":"5","variation_id":"7","metadata":{"rule_key":"button","rule_type":"feature-test","variation_key":"control"}}"#
        )
        #expect(try load("exposures", "optimizely", named).code == 0)
        let datafile = """
            {"version": "4", "experiments": [{"id": "5", "key": "button", "status": "Running", "variations": [
            {"id": "7", "key": "control"}, {"id": "8", "key": "treatment"}], "trafficAllocation": []}]}
            """
        let bare = payload(#"{"experiment_id":"5","variation_id":"8"}"#).replacing("\"u1\"", with: "\"u2\"")
            .replacing("\"one\"", with: "\"four\"")
        #expect(try load("exposures", "optimizely", bare).code == 2)
        let file = try tool.file("datafile.json", datafile)
        #expect(try load("exposures", "optimizely", bare, "--vendor-file", file).code == 0)
        let rollout = payload(#"{"experiment_id":"9","variation_id":"1","metadata":{"rule_type":"rollout"}}"#)
        #expect(try load("exposures", "optimizely", rollout).errors.contains("Passed over 1 × a rollout."))
        #expect(
            try exposures() == """
                button|control|u1|2026-01-05T10:00:00.123000Z|{"country":"FR"}
                button|treatment|u2|2026-01-05T10:00:00.123000Z|{"country":"FR"}
                """)
        #expect(try load("outcomes", "optimizely", named).code == 0)
        #expect(
            try outcomes() == """
                purchase|numeric|39.5|u1|2026-01-05T10:00:00.124000Z
                signup|bool|1|u1|2026-01-05T10:00:00.125000Z
                """)
    }

    @Test("parity reads a vendor's log as it is, and of it the one experiment")
    func parity() throws {
        func events(_ variants: [String]) -> String {
            (variants + ["x"]).enumerated().map { number, variant in
                let flag = variant == "x" ? "other" : "button"
                return
                    #"{"event":"$feature_flag_called","distinct_id":"u\#(number)","timestamp":"2026-01-05T10:00:00Z","#
                    + #""properties":{"$feature_flag":"\#(flag)","$feature_flag_response":"\#(variant)"}}"#
            }.joined(separator: ",")
        }
        let variants = try (0..<4).map { number in
            let said = try tool.run("assign", "button", "--user", "u\(number)").output
            return said.split(separator: "\n").first.map { String($0) } ?? ""
        }
        func parity(_ text: String) throws -> Tool.Ending {
            try tool.run("parity", "button", try tool.file("log", "[\(text)]"), "--log-format", "posthog")
        }
        let same = try parity(events(variants))
        #expect(same.code == 0 && same.errors.contains("4 of 4 units agree"), "\(same.errors)")
        let other = variants[0] == "control" ? "treatment" : "control"
        let moved = try parity(events([other] + variants.dropFirst()))
        #expect(moved.code == 4 && moved.output.hasPrefix("line 1: u0: logged '\(other)'"), "\(moved.output)")
    }

    @Test("what a vendor's log lacks is refused with its line; what is no log is refused as such")
    func broken() throws {
        let lines = """
            {"event":"$feature_flag_called","distinct_id":"u1","properties":{"$feature_flag":"button","$feature_flag_response":"control"}}
            {"event":"$feature_flag_called","distinct_id":"u1","timestamp":"2026-01-05T10:00:00Z","properties":{"$feature_flag_response":"control"}}
            {"event":}
            """
        let ending = try load("exposures", "posthog", lines)
        #expect(ending.code == 2)
        for problem in [
            "line 1: timestamp is missing", "line 2: experiment is missing", "line 3: line must be a JSON object",
        ] {
            #expect(ending.errors.contains(problem), "\(ending.errors)")
        }
        #expect(try load("exposures", "posthog", "{} x").code == 2)
        #expect(try load("exposures", "mixpanel", "{}").code == 1)
    }
}
