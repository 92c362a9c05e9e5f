import Foundation
import TestSupport
import Testing

@Suite("Importing through the tool")
struct ImportTests {
    private let tool = Tool()

    init() throws {
        try tool.define()
    }

    private func counts() throws -> String {
        try tool.sqlite("SELECT (SELECT count(*) FROM exposure_log) || ' ' || (SELECT count(*) FROM outcome_log)")
    }

    @Test("columns in any order, quotes, line breaks in cells, CRLF and a byte order mark are read as they are meant")
    func csv() throws {
        let file = try tool.file(
            "e.csv",
            "\u{feff}timestamp,user_id,variant_id,experiment,attributes\r\n"
                + "2026-01-01T00:00:00Z,\"a,\"\"b\r\nc\",control,button,\"{\"\"country\"\":\"\"de\"\"}\"\r\n"
                + "2026-01-01T02:00:00.5+02:00,d,treatment,button,\r\n")
        let ending = try tool.run("import", "exposures", file)
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(
            try tool.sqlite("SELECT hex(user_id), variant_id, timestamp, attributes FROM exposures ORDER BY exposure")
                == "612C22620D0A63|control|2026-01-01T00:00:00.000000Z|{\"country\":\"de\"}\n"
                + "64|treatment|2026-01-01T00:00:00.500000Z|")
    }

    @Test("a leap second is the second after it, where months end and nowhere else")
    func leapSecond() throws {
        func lines(_ times: [String]) -> String {
            "experiment,variant_id,user_id,timestamp\n" + times.map { "button,control,a,\($0)\n" }.joined()
        }
        let times = [
            "1990-12-31T23:59:60Z", "1990-12-31T15:59:60.25-08:00", "2017-01-01T05:29:60+05:30", "2016-02-29T23:59:60Z",
        ]
        #expect(try tool.run("import", "exposures", "-", input: lines(times)).code == 0)
        #expect(
            try tool.sqlite("SELECT timestamp FROM exposures ORDER BY exposure")
                == """
                1991-01-01T00:00:00.000000Z
                1991-01-01T00:00:00.250000Z
                2017-01-01T00:00:00.000000Z
                2016-03-01T00:00:00.000000Z
                """)
        let wrong = [
            "1990-12-30T23:59:60Z", "1990-12-31T22:59:60Z", "1990-12-31T23:59:60+01:00", "1990-12-31T23:59:61Z",
        ]
        for time in wrong {
            let ending = try tool.run("import", "exposures", "-", input: lines([time]))
            #expect(ending.code == 2 && ending.errors.contains("timestamp"), "\(time)")
        }
    }

    @Test("attributes are stored to the last digit, and what is nested in them as JSON", arguments: ["csv", "ndjson"])
    func attributes(_ format: String) throws {
        let object =
            #"{"price":1.50,"big":12345678901234567890,"on":true,"no":null,"text":"1.50","utm":{"a": [1.0,"}"]}}"#
        let quoted = object.replacingOccurrences(of: "\"", with: "\"\"")
        let input =
            format == "csv"
            ? "experiment,variant_id,user_id,timestamp_us,attributes\nbutton,control,a,1,\"\(quoted)\"\n"
            : #"{"experiment":"button","variant_id":"control","user_id":"a","attributes":\#(object),"timestamp_us":1}"#
        let ending = try tool.run("import", "exposures", "-", "--format", format, input: input)
        #expect(ending.code == 0, "\(ending.errors)")
        let columns = ["price", "big", "on", "no", "text", "utm", "utm' ->> '$.a[1]"].map { "attributes ->> '\($0)'" }
        #expect(
            try tool.sqlite("SELECT \(columns.joined(separator: ", ")) FROM exposures")
                == #"1.50|12345678901234567890|true||1.50|{"a": [1.0,"}"]}|}"#)
        for broken in ["[1]", "7", #"{"a":}"#, #"{"a":1"#] {
            let line =
                #"{"experiment":"button","variant_id":"control","user_id":"a","timestamp_us":1,"attributes":\#(broken)}"#
            #expect(try tool.run("import", "exposures", "-", "--format", "ndjson", input: line).code == 2)
        }
    }

    @Test("a line of JSON is a record; standard input is a file")
    func ndjson() throws {
        let lines = """
            {"experiment":"button","metric":"n","kind":"count","value":9007199254740993,"user_id":"a","timestamp_us":1}
            {"metric":"r","value_type":"numeric","value":0.1,"user_id":"b","timestamp":"2026-01-01T00:00:00Z"}

            """
        let ending = try tool.run("import", "outcomes", "-", "--format", "ndjson", input: lines)
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(
            try tool.sqlite("SELECT experiment, metric, kind, value FROM outcomes ORDER BY outcome")
                == "button|n|count|9007199254740993\n|r|numeric|0.1")
    }

    @Test("a bad line stops the import with its number and reason, and the database is as it was")
    func stop() throws {
        let good = "button,revenue,numeric,1,a,2026-01-01T00:00:00Z\n"
        let bad = [
            ("button,revenue,numeric,nan,a,2026-01-01T00:00:00Z", "value"),
            ("button,revenue,bool,yes,a,2026-01-01T00:00:00Z", "value"),
            ("button,revenue,count,1.5,a,2026-01-01T00:00:00Z", "value"),
            ("button,revenue,money,1,a,2026-01-01T00:00:00Z", "kind"),
            ("buton,revenue,numeric,1,a,2026-01-01T00:00:00Z", "experiment"),
            ("button,,numeric,1,a,2026-01-01T00:00:00Z", "metric"),
            ("button,revenue,numeric,1,a,2026-02-29T00:00:00Z", "timestamp"),
            ("button,revenue,numeric,1,a,2026-01-01T24:00:00Z", "timestamp"),
            ("button,revenue,numeric,1,a,1969-12-31T23:59:59Z", "timestamp"),
            ("button,revenue,numeric,1,\(String(repeating: "x", count: 1_025)),2026-01-01T00:00:00Z", "user_id"),
        ]
        for (line, field) in bad {
            let text = "experiment,metric,kind,value,user_id,timestamp\n" + good + line + "\n" + good
            let ending = try tool.run("import", "outcomes", try tool.file("o.csv", text))
            #expect(ending.code == 2)
            #expect(ending.errors.contains("line 3: "), "\(line)")
            #expect(ending.errors.contains(field), "\(line)")
            #expect(try counts() == "0 0")
        }
    }

    @Test("skipping bad lines stores the others, counts the refused, and exits 3")
    func skip() throws {
        let file = try tool.file(
            "e.csv",
            "experiment,variant_id,user_id,timestamp_us\nbutton,control,a,1\nbutton,purple,b,1\nbutton,control,c,1\n")
        let ending = try tool.run("import", "exposures", file, "--on-error", "skip")
        #expect(ending.code == 3)
        #expect(ending.errors.contains("line 3: "))
        #expect(ending.errors.contains("1 ×"))
        #expect(try counts() == "2 0")
        // The same file again adds nothing, and says so again.
        let again = try tool.run("import", "exposures", file, "--on-error", "skip")
        #expect(again.code == 3)
        #expect(again.errors.contains("2 records of this input are stored already; trying again 1 line"))
        #expect(again.errors.contains("Imported 0 exposures."))
        #expect(try counts() == "2 0")
    }

    @Test("lines refused for want of their experiment come in with the same import once it is applied, the others once")
    func refusedThenApplied() throws {
        let file = try tool.file(
            "o.csv",
            "experiment,metric,kind,value,user_id,timestamp_us\nbutton,n,count,1,a,1\nlater,n,count,2,a,2\n"
                + "later,n,count,3,a,3\nbutton,n,count,4,a,4\n")
        #expect(try tool.run("import", "outcomes", file, "--on-error", "skip").code == 3)
        #expect(try tool.sqlite("SELECT value FROM outcome_log") == "1\n4")
        try tool.define(
            "[[experiments]]\nid = \"later\"\nvariants = [{ id = \"a\", is_control = true }, { id = \"b\" }]\n")
        let ending = try tool.run("import", "outcomes", file)
        #expect(ending.code == 0)
        #expect(ending.errors.contains("Imported 2 outcomes."))
        #expect(try tool.sqlite("SELECT value FROM outcome_log") == "1\n4\n2\n3")
        #expect(try tool.run("import", "outcomes", file).errors.contains("imported before"))
        #expect(try counts() == "0 4")
    }

    @Test("an import killed on its way is finished by running it again, without a duplicate")
    func interrupted() throws {
        let rows = 60_000
        var text = "experiment,variant_id,user_id,timestamp_us\n"
        for row in 0..<rows { text += "button,control,user\(row),\(row)\n" }
        let file = try tool.file("e.csv", text)
        let process = try tool.start("import", "exposures", file)
        // Killed once something is stored; a machine that is quicker than this look has finished, and nothing is lost.
        while process.isRunning, try tool.sqlite("SELECT max(exposure_id) IS NULL FROM exposure_log") == "1" {}
        process.kill()
        _ = try process.wait()
        let ending = try tool.run("import", "exposures", file)
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(try counts() == "\(rows) 0")
        #expect(try tool.sqlite("SELECT count(DISTINCT user_id) FROM exposure_log") == "\(rows)")
    }

    @Test("a missing column, an unknown one and a missing file are refused by name")
    func header() throws {
        let missing = try tool.file("a.csv", "experiment,user_id,timestamp_us\nbutton,a,1\n")
        #expect(try tool.run("import", "exposures", missing).errors.contains("variant_id"))
        let unknown = try tool.file("b.csv", "experiment,variant_id,user,timestamp_us\nbutton,control,a,1\n")
        #expect(try tool.run("import", "exposures", unknown).errors.contains("user"))
        #expect(try tool.run("import", "exposures", tool.folder.file("none.csv")).code == 2)
        #expect(try counts() == "0 0")
    }
}
