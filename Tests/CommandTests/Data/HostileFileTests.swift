import Foundation
import TestSupport
import Testing

@Suite("Files that mislead")
struct HostileFileTests {
    private let tool = Tool()
    private static let header = "experiment,variant_id,user_id,timestamp\n"

    @Test("a line outside of its experiment's run is not_running, unless it says that its unit took part")
    func outsideOfRun() throws {
        let definition = """
            [[experiments]]
            id = "jan"
            starts_at = 2026-01-01T00:00:00Z
            ends_at = 2026-02-01T00:00:00Z
            variants = [{ id = "c", weight = 50, is_control = true }, { id = "t", weight = 50 }]
            """
        #expect(try tool.run("apply", try tool.file("jan.toml", definition)).code == 0)
        let rows = "jan,c,a,2025-12-30T10:00:00Z\njan,t,b,2026-01-10T10:00:00Z\njan,t,d,2026-03-10T10:00:00Z\n"
        let ending = try tool.run("import", "exposures", "-", input: Self.header + rows)
        #expect(ending.code == 0 && ending.errors.contains("2 lines lay outside of the experiment's runs"))
        #expect(
            try tool.sqlite("SELECT user_id, enrollment FROM exposures ORDER BY exposure")
                == "a|not_running\nb|enrolled\nd|not_running")
        let report = try tool.run("report", "jan", "--format", "json")
        #expect(report.output.contains("\"units\""))
        #expect(try tool.sqlite("SELECT count(*) FROM first_exposures") == "1")
        // The growing export is known as such, whatever became of its lines.
        let grown = try tool.run(
            "import", "exposures", "-", input: Self.header + rows + "jan,t,e,2026-01-11T10:00:00Z\n")
        #expect(grown.errors.contains("Imported 1 exposure. 3 lines repeated"), "\(grown.errors)")
        let said = "experiment,variant_id,user_id,timestamp,enrollment\njan,c,z,2026-03-10T10:00:00Z,enrolled\n"
        #expect(try tool.run("import", "exposures", "-", input: said).code == 0)
        #expect(try tool.sqlite("SELECT enrollment FROM exposures WHERE user_id = 'z'") == "enrolled")
    }

    @Test("after a stop nobody enters any more, while the history from before it counts")
    func afterStop() throws {
        try tool.define()
        #expect(try tool.run("stop", "button").code == 0)
        let rows = "button,control,a,2026-01-10T10:00:00Z\nbutton,control,b,2030-01-10T10:00:00Z\n"
        #expect(try tool.run("import", "exposures", "-", input: Self.header + rows).code == 0)
        #expect(
            try tool.sqlite("SELECT user_id, enrollment FROM exposures ORDER BY exposure")
                == "a|enrolled\nb|not_running")
    }

    @Test("a night whose day is not over is refused and stores nothing; nights that stay missing are said")
    func nights() throws {
        try tool.define()
        let rows = "button,control,a,2026-01-01T10:00:00Z\nbutton,treatment,b,2026-01-01T10:00:00Z\n"
        #expect(try tool.run("import", "exposures", "-", input: Self.header + rows).code == 0)
        for date in ["2999-01-06", String(Date.now.ISO8601Format().prefix(10))] {
            let ending = try tool.run("nightly", "--date", date)
            #expect(ending.code == 1 && ending.errors.contains("is not over in UTC"), "\(ending.errors)")
        }
        #expect(try tool.sqlite("SELECT count(*) FROM night") == "0")
        #expect(try tool.run("nightly", "--date", "2026-01-01").errors == "")
        let late = try tool.run("nightly", "--date", "2026-01-10", "--catch-up", "3")
        #expect(
            late.errors.contains("the nights from 2026-01-02 to 2026-01-07 are missing and stay so"), "\(late.errors)")
        #expect(try !tool.run("nightly", "--date", "2026-01-12").errors.contains("stay so"))
    }

    @Test("a night that was stored by mistake can be withdrawn, is known to have been there, and can be stored anew")
    func withdrawnNight() throws {
        try tool.define()
        let rows = "button,control,a,2026-01-01T10:00:00Z\nbutton,treatment,b,2026-01-01T10:00:00Z\n"
        #expect(try tool.run("import", "exposures", "-", input: Self.header + rows).code == 0)
        for date in ["2026-01-01", "2026-01-02", "2026-01-03"] {
            #expect(try tool.run("nightly", "--date", date).code == 0)
        }
        let late = "button,control,c,2026-01-02T10:00:00Z\n"
        #expect(try tool.run("import", "exposures", "-", input: Self.header + late).code == 0)
        #expect(try tool.run("nightly", "--withdraw", "2026-01-02").code == 0)
        #expect(try tool.sqlite("SELECT group_concat(date) FROM night") == "2026-01-01,2026-01-03")
        #expect(
            try tool.sqlite("SELECT date, decisions ->> '$.button', withdrawn_at >= stored_at FROM withdrawn_nights")
                == "2026-01-02|wait|1")
        let history = try tool.run("history", "button").output
        let said = history.matches(
            of: /The night of (\S+), stored \S+Z, was withdrawn \S+Z by the tool; its verdict was “(\w+)”\./)
        #expect(said.map { "\($0.output.1) \($0.output.2)" } == ["2026-01-02 wait"], "\(history)")
        let logged = """
            SELECT origin, experiment, phase, before, coalesce(after, 'gone'), changed_at = (SELECT withdrawn_at FROM withdrawn_nights)
            FROM definition_changes WHERE field = 'night' AND experiment = 'button'
            """
        #expect(try tool.sqlite(logged) == "tool|button|1|2026-01-02 wait|gone|1")
        for format in ["text", "html"] {
            let card = try tool.run("report", "button", "--format", format).output
            #expect(card.contains("The night of 2 Jan 2026, which had said"), "\(card)")
        }
        let json = try tool.run("history", "button", "--format", "json").output
        #expect(json.contains(#"{"date": "2026-01-02", "stored_at": ""#), "\(json)")
        let again = try tool.run("nightly", "--withdraw", "2026-01-02")
        #expect(again.code == 2 && again.errors.contains("no night of 2026-01-02 is stored"))
        #expect(try tool.run("nightly", "--date", "2026-01-02").code == 0)
        let units = "SELECT max(units_exposed) FROM nightly_decisions WHERE experiment = 'button' AND date = '2026-01-0"
        #expect(try tool.sqlite(units + "2'") == "3")
        // What was frozen on the third stays.
        #expect(try tool.sqlite(units + "3'") == "2")
        #expect(try tool.run("verify").code == 0)
        #expect(try tool.run("nightly", "--withdraw", "2026-01-02", "--complete").code == 1)
    }

    @Test("what is neither CSV nor JSON is named, with the command that reads it")
    func encodings() throws {
        try tool.define()
        let files: [(String, [UInt8], String)] = [
            ("a'b.parquet", Array("PAR1....".utf8), "duckdb -csv"), ("a.zip", Array("PK\u{3}\u{4}..".utf8), "unzip -p"),
            ("a.avro", Array("Obj\u{1}..".utf8), "read_avro("),
            ("a.xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0], "xz -dc"),
            ("a.bz2", Array("BZh91AY".utf8), "bzip2 -dc"), ("a.lz4", [0x04, 0x22, 0x4d, 0x18, 0], "lz4 -dc"),
            ("le.csv", [0xff, 0xfe] + Array("u\0s\0e\0r\0".utf8), "iconv -f UTF-16"),
            ("be.csv", [0xfe, 0xff] + Array("\0u\0s\0e\0r".utf8), "iconv -f UTF-16"),
            ("a.db", Array("SQLite format 3\0...".utf8), "sqlite3 -readonly -csv"),
            (
                "a.xlsx",
                Array("PK\u{3}\u{4}".utf8) + Array(repeating: 0, count: 26) + Array("[Content_Types].xml".utf8),
                "save its sheet as CSV"
            ),
        ]
        for (name, bytes, command) in files {
            let ending = try tool.run("import", "exposures", try tool.file(name, Data(bytes)))
            #expect(ending.code == 2 && ending.errors.contains(command), "\(ending.errors)")
        }
    }
}
