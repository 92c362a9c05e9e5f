import TestSupport
import Testing

@Suite("Import of links")
struct LinkImportTests {
    private let tool = Tool()

    init() throws { try tool.define() }

    @Test("pairs of session and user come in from CSV and NDJSON, the same file once")
    func imported() throws {
        let csv = try tool.file(
            "links.csv", "session_id,user_id,timestamp\ns1,ada,2026-01-05T10:00:00Z\ns2,bob,2026-01-05T11:00:00Z\n")
        let ending = try tool.run("import", "links", csv)
        #expect(ending.code == 0)
        #expect(ending.errors == "Imported 2 links.\n")
        #expect(try tool.run("import", "links", csv).errors.contains("imported before"))
        let json = try tool.file("links.ndjson", "{\"session_id\":\"s3\",\"user_id\":7,\"timestamp_us\":1}\n")
        #expect(try tool.run("import", "links", json).code == 0)
        #expect(
            try tool.sqlite("SELECT session_id, user_id, timestamp_us FROM link_log")
                == "s1|ada|1767607200000000\ns2|bob|1767610800000000\ns3|7|1")
    }

    @Test("a line without both ids is refused by its number, and a vendor's log has no links")
    func refused() throws {
        let ending = try tool.run(
            "import", "links",
            try tool.file(
                "l.csv", "session_id,user_id,timestamp\ns1,,2026-01-05T10:00:00Z\ns2,bob,2026-01-05T11:00:00Z\n"))
        #expect(ending.code == 2 && ending.errors.contains("line 2") && ending.errors.contains("user_id"))
        #expect(try tool.sqlite("SELECT count(*) FROM link_log") == "0")
        let vendor = try tool.run("import", "links", try tool.file("v.json", "{}"), "--format", "posthog")
        #expect(vendor.code == 1 && vendor.errors.contains("links are imported from CSV or NDJSON"))
    }

    @Test("identity is a word of the definitions file, kept by a file that does not say it otherwise, and shown")
    func identity() throws {
        let definitions = Tool.definitions.replacing("goals =", with: "identity = \"unambiguous\"\ngoals =")
        #expect(try tool.run("apply", try tool.file("d.toml", definitions)).output.contains("changed: identity"))
        #expect(try tool.run("show", "button").output.contains(/identity +unambiguous/))
        #expect(try tool.run("show", "button", "--format", "json").output.contains("\"identity\": \"unambiguous\""))
        let wrong = Tool.definitions.replacing("goals =", with: "identity = \"last\"\ngoals =")
        let refusal = try tool.run("apply", try tool.file("w.toml", wrong))
        #expect(refusal.code == 2 && refusal.errors.contains("identity"))
    }
}
