import Foundation
import TestSupport
import Testing

@Suite("Files as systems export them")
struct InputShapeTests {
    /// A file, what it takes to import it, and what its two rows come to.
    struct Shape: Sendable, CustomTestStringConvertible {
        let name: String
        let log: String
        let text: String
        var options: [String] = []
        /// The content of the rows but for their unit, which is a and b.
        var rows = Self.exposures

        static let exposures = [
            "button|control|2026-01-05T10:00:00.000000Z", "button|treatment|2026-01-05T11:30:00.250000Z",
        ]
        static let outcomes = [
            "rev|numeric|10.0|2026-01-05T10:00:00.000000Z", "rev|numeric|2.5|2026-01-05T11:30:00.250000Z",
        ]

        var testDescription: String { name }
    }

    /// Exposures with the two times written in a way.
    private static func times(_ name: String, _ first: String, _ second: String, _ options: String...) -> Shape {
        Shape(
            name: name, log: "exposures",
            text: "experiment,variant_id,user_id,timestamp\nbutton,control,a,\(first)\nbutton,treatment,b,\(second)\n",
            options: options)
    }

    /// The same in a column of another name.
    private static func numbers(_ column: String, _ first: String, _ second: String, _ options: String...) -> Shape {
        Shape(
            name: "\(column) \(first)", log: "exposures",
            text: "experiment,variant_id,user_id,\(column)\nbutton,control,a,\(first)\nbutton,treatment,b,\(second)\n",
            options: options)
    }

    /// Lines of JSON with the two times written in a way.
    private static func json(_ name: String, _ key: String, _ first: String, _ second: String, _ options: String...)
        -> Shape
    {
        Shape(
            name: "JSON \(name)", log: "exposures",
            text: """
                {"experiment":"button","variant_id":"control","user_id":"a","\(key)":\(first)}
                {"experiment":"button","variant_id":"treatment","user_id":"b","\(key)":\(second)}

                """, options: options)
    }

    private static func outcomes(_ name: String, _ text: String, _ options: String...) -> Shape {
        Shape(name: name, log: "outcomes", text: text, options: options, rows: Shape.outcomes)
    }

    static let shapes: [Shape] = [
        times("Postgres timestamptz", "2026-01-05 10:00:00+00", "2026-01-05 12:30:00.25+01"),
        times("Postgres half an hour", "2026-01-05 15:30:00+05:30", "2026-01-05 17:00:00.250000+05:30"),
        times("Postgres timestamp", "2026-01-05 10:00:00", "2026-01-05 11:30:00.25", "--timezone", "UTC"),
        times("MySQL in Berlin", "2026-01-05 11:00:00", "2026-01-05 12:30:00.250", "--timezone", "Europe/Berlin"),
        times("MySQL at an offset", "2026-01-05 19:00:00", "2026-01-05 20:30:00.250", "--timezone", "+09:00"),
        times("BigQuery", "2026-01-05 10:00:00 UTC", "2026-01-05 11:30:00.250000 UTC"),
        times("Snowflake TZ", "2026-01-05 02:00:00.000 -0800", "2026-01-05 03:30:00.250 -0800"),
        times("Snowflake NTZ", "2026-01-05 10:00:00.000000000", "2026-01-05 11:30:00.250000000", "--timezone", "UTC"),
        times("Snowflake Z", "2026-01-05T10:00:00.000Z", "2026-01-05T11:30:00.250Z"),
        times("pandas UTC", "2026-01-05 10:00:00+00:00", "2026-01-05 11:30:00.250000+00:00"),
        times("pandas naive", "2026-01-05T10:00:00.000000", "2026-01-05T11:30:00.250000", "--timezone", "UTC"),
        times("ISO basic", "20260105T100000Z", "20260105T113000.25Z"),
        times("ISO basic with offset", "20260105T110000+0100", "20260105T123000.25+0100"),
        times("ISO with a comma", "\"2026-01-05T10:00:00,000Z\"", "\"2026-01-05T11:30:00,250Z\""),
        times("Go", "2026-01-05 10:00:00 +0000", "2026-01-05 11:30:00.25 +0000"),
        times("ClickHouse", "2026-01-05 10:00:00", "2026-01-05 11:30:00.250", "--timezone", "GMT"),
        times("seconds by an option", "1767607200", "1767612600.25", "--timestamp-unit", "s"),
        times("milliseconds by an option", "1767607200000", "1767612600250", "--timestamp-unit", "ms"),
        times("microseconds by an option", "1767607200000000", "1767612600250000", "--timestamp-unit", "us"),
        times("nanoseconds by an option", "1767607200000000000", "1767612600250000000", "--timestamp-unit", "ns"),
        numbers("timestamp_s", "1767607200", "1767612600.25"),
        numbers("timestamp_ms", "1767607200000", "1767612600250"),
        numbers("timestamp_us", "1767607200000000", "1767612600250000"),
        numbers("timestamp_ns", "1767607200000000000", "1767612600250000400"),
        numbers("event_time_ms", "1767607200000", "1767612600250", "--columns", "timestamp=event_time_ms"),
        json("seconds", "timestamp_s", "1767607200", "1767612600.25"),
        json("milliseconds", "timestamp_ms", "1767607200000", "\"1767612600250\""),
        json("of a database", "timestamp", "\"2026-01-05 10:00:00+00\"", "\"2026-01-05 11:30:00.25 UTC\""),
        json("a number by an option", "timestamp", "1767607200000", "1767612600250", "--timestamp-unit", "ms"),
        json(
            "another name", "ts", "\"2026-01-05T10:00:00Z\"", "\"2026-01-05T11:30:00.25Z\"", "--columns", "timestamp=ts"
        ),
        Shape(
            name: "TSV", log: "exposures",
            text: "experiment\tvariant_id\tuser_id\ttimestamp\nbutton\tcontrol\ta\t2026-01-05T10:00:00Z\n"
                + "button\ttreatment\t\"b\"\t2026-01-05T11:30:00.25Z\n"),
        Shape(
            name: "semicolons and CRLF", log: "exposures",
            text: "experiment;variant_id;user_id;timestamp\r\nbutton;control;a;2026-01-05T10:00:00Z\r\n"
                + "button;treatment;b;2026-01-05T11:30:00,25Z\r\n"),
        Shape(
            name: "a warehouse's assignment query", log: "exposures",
            text: "user_id,timestamp,experiment_id,variation_id,country\na,2026-01-05T10:00:00Z,button,control,de\n"
                + "b,2026-01-05T11:30:00.25Z,button,treatment,fr\n",
            options: ["--columns", "experiment=experiment_id,variant_id=variation_id", "--ignore", "country"]),
        Shape(
            name: "one experiment's export", log: "exposures",
            text: "user_id,arm,timestamp\na,control,2026-01-05T10:00:00Z\nb,treatment,2026-01-05T11:30:00.25Z\n",
            options: ["--columns", "experiment='button',variant_id=arm"]),
        Shape(
            name: "many further columns", log: "exposures",
            text: "experiment,variant_id,user_id,timestamp,x,y,z\nbutton,control,a,2026-01-05T10:00:00Z,1,2,3\n"
                + "button,treatment,b,2026-01-05T11:30:00.25Z,,,\n",
            options: ["--ignore-others"]),
        outcomes(
            "orders",
            "order_id,customer,amount,created_at\n1,a,10,2026-01-05T10:00:00Z\n2,b,2.5,2026-01-05T11:30:00.25Z\n",
            "--ignore", "order_id", "--columns",
            "user_id=customer,value=amount,timestamp=created_at,metric='rev',kind='numeric'"),
        outcomes(
            "orders with decimal commas",
            "metric;kind;value;user_id;timestamp\nrev;numeric;10,0;a;2026-01-05T10:00:00Z\n"
                + "rev;numeric;2,5;b;2026-01-05T11:30:00.25Z\n"),
        outcomes(
            "orders in JSON",
            """
            {"customer":"a","amount":1e1,"at":"2026-01-05T10:00:00Z","lines":[{"sku":1}]}
            {"customer":"b","amount":"2.5","at":"2026-01-05T11:30:00.25Z","lines":[]}

            """, "--ignore", "lines", "--columns",
            "user_id=customer,value=amount,timestamp=at,metric='rev',kind='numeric'"),
        outcomes(
            "ids of columns",
            "order_id,metric,kind,value,user_id,timestamp\n7,rev,numeric,10.0,a,2026-01-05T10:00:00Z\n"
                + "8,rev,numeric,2.5,b,2026-01-05T11:30:00.25Z\n7,rev,numeric,10.0,a,2026-01-05T10:00:00Z\n",
            "--id-from", "order_id"),
        outcomes(
            "value_type",
            "value_type,metric,value,user_id,timestamp\nnumeric,rev,10,a,2026-01-05T10:00:00Z\n"
                + "numeric,rev,2.50,b,2026-01-05T11:30:00.25Z\n"),
    ]

    @Test("a file comes in with at most a few options, its values equal field by field", arguments: shapes)
    func imported(_ shape: Shape) throws {
        let tool = Tool()
        try tool.define()
        let format = shape.text.hasPrefix("{") ? "ndjson" : "csv"
        let arguments = ["import", shape.log, "-", "--format", format, "--database", tool.database] + shape.options
        let ending = try tool.bare(arguments, input: shape.text)
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(ending.errors.contains("Imported 2 \(shape.log)."))
        let columns = shape.log == "exposures" ? "experiment, variant_id" : "metric, kind, value"
        let rows = try tool.sqlite("SELECT user_id, \(columns), timestamp FROM \(shape.log) ORDER BY user_id")
        #expect(rows == "a|\(shape.rows[0])\nb|\(shape.rows[1])")
    }

    @Test("40 shapes of exports are tried")
    func count() { #expect(Self.shapes.count >= 40) }

    private let tool = Tool()

    init() throws {
        try tool.define()
    }

    private func exposures(_ column: String, _ time: String, _ options: String...) throws -> (
        code: Int32, errors: String
    ) {
        let text = "experiment,variant_id,user_id,\(column)\nbutton,control,a,\(time)\n"
        let ending = try tool.bare(
            ["import", "exposures", "-", "--format", "csv", "--database", tool.database] + options, input: text)
        return (ending.code, ending.errors)
    }

    @Test(
        "a number that is a time of these years in another unit is refused with that unit; a time without zone with --timezone"
    )
    func otherUnit() throws {
        for (column, time, unit) in [
            ("timestamp", "1767607200", "s"), ("timestamp", "1767607200000", "ms"), ("timestamp_us", "1767607200", "s"),
            ("timestamp_us", "1767607200000", "ms"), ("timestamp_s", "1767607200000", "ms"),
            ("timestamp_ms", "1767607200000000", "us"), ("timestamp_ms", "1767607200000000000", "ns"),
        ] {
            let ending = try exposures(column, time)
            #expect(
                ending.code == 2 && ending.errors.contains("say --timestamp-unit \(unit), or name"), "\(ending.errors)")
        }
        let naive = try exposures("timestamp", "2026-01-05 10:00:00")
        #expect(naive.code == 2 && naive.errors.contains("--timezone must say the zone"))
        for zone in ["Europe/Nowhere", "../etc/passwd", "+25:00", ""] {
            let ending = try exposures("timestamp", "2026-01-05 10:00:00", "--timezone", zone)
            #expect(ending.code == 1 && ending.errors.contains("is no zone"), "\(ending.errors)")
        }
        #expect(try exposures("timestamp", "2026-01-05", "--timezone", "UTC").code == 2)
        #expect(try exposures("timestamp", "2026-01-05 10:00:00+1", "--timezone", "UTC").code == 2)
    }

    @Test("clocks that are put forward and back: both sides of a zone's change of 2026")
    func daylightSaving() throws {
        let times = ["2026-03-29 01:59:59", "2026-03-29 03:00:00", "2026-10-25 01:59:59", "2026-10-25 03:00:00"]
        let text = "experiment,variant_id,user_id,timestamp\n" + times.map { "button,control,a,\($0)\n" }.joined()
        let ending = try tool.run(
            "import", "exposures", "-", "--format", "csv", "--timezone", "Europe/Berlin", input: text)
        #expect(ending.code == 0)
        #expect(
            try tool.sqlite("SELECT substr(timestamp, 6, 14) FROM exposures")
                == "03-29T00:59:59\n03-29T01:00:00\n10-24T23:59:59\n10-25T02:00:00")
    }

    @Test("a time that hardly was meant is said with its line, and imported")
    func oddTimes() throws {
        let text =
            "experiment,variant_id,user_id,timestamp\nbutton,control,a,2026-01-05T10:00:00Z\n"
            + "button,control,b,2062-01-05T10:00:00Z\nbutton,control,b,1970-01-01T00:00:00Z\n"
        let ending = try tool.run("import", "exposures", "-", "--format", "csv", input: text)
        #expect(ending.code == 0)
        #expect(
            ending.errors.contains(
                "2 imported lines have times before 2000 or later than tomorrow, such as line 3: 2062-01"))
    }

    @Test("numeric ids in JSON are kept digit for digit; numbers with a point, true and others are no ids")
    func numericIDs() throws {
        func line(_ id: String) -> String {
            #"{"experiment":"button","variant_id":"control","user_id":\#(id),"timestamp":"2026-01-05T09:00:00Z"}"#
        }
        for id in ["1582917533873852417", "99999999999999999999999", "0", "7"] {
            #expect(try tool.run("import", "exposures", "-", "--format", "ndjson", input: line(id)).code == 0)
        }
        #expect(
            try tool.sqlite("SELECT user_id FROM exposures")
                == "1582917533873852417\n99999999999999999999999\n0\n7")
        for id in ["1.5", "1e18", "true", "[1]", "{}"] {
            let ending = try tool.run("import", "exposures", "-", "--format", "ndjson", input: line(id))
            #expect(ending.code == 2 && ending.errors.contains("user_id must be a string"), "\(id)")
        }
    }

    @Test("3.0 is a count and 1.0 a bool in every format; 1.5 is neither")
    func wholeNumbers() throws {
        let values = [
            ("count", "3.0", "3"), ("count", "-2e2", "-200"), ("bool", "1.0", "1"), ("bool", "0.0", "0"),
            // A double would be …992.
            ("count", "9007199254740993.0", "9007199254740993"), ("count", "9.007199254740993e15", "9007199254740993"),
        ]
        for (kind, value, stored) in values {
            for format in ["csv", "ndjson"] {
                let tool = Tool()
                try tool.define()
                let text =
                    format == "csv"
                    ? "metric,kind,value,user_id,timestamp\nm,\(kind),\(value),a,2026-01-05T09:00:00Z\n"
                    : #"{"metric":"m","kind":"\#(kind)","value":\#(value),"user_id":"a","timestamp":"2026-01-05T09:00:00Z"}"#
                #expect(try tool.run("import", "outcomes", "-", "--format", format, input: text).code == 0)
                #expect(try tool.sqlite("SELECT value FROM outcome_log") == stored)
            }
        }
        let others = [
            ("count", "1.5"), ("bool", "1.5"), ("bool", "2.0"), ("count", "1e300"), ("count", "2e19"),
            // A double would be 1, and …992.
            ("bool", "0.99999999999999999999"), ("count", "9007199254740992.5"),
        ]
        for (kind, value) in others {
            let text = "metric,kind,value,user_id,timestamp\nm,\(kind),\(value),a,2026-01-05T09:00:00Z\n"
            #expect(try tool.run("import", "outcomes", "-", "--format", "csv", input: text).code == 2)
        }
    }

    @Test("columns become attributes on request, in both formats alike; ids of columns keep a line from coming twice")
    func attributesAndIDs() throws {
        let csv = "experiment,variant_id,user_id,timestamp,country,plan\nbutton,control,a,2026-01-05T09:00:00Z,de,\n"
        let json = """
            {"experiment":"button","variant_id":"control","user_id":"a","timestamp":"2026-01-05T09:00:00Z","country":"de",\
            "plan":null}
            """
        for (format, text) in [("csv", csv), ("ndjson", json)] {
            let ending = try tool.run(
                "import", "exposures", "-", "--format", format, "--attributes", "country,plan", "--id-from",
                "user_id,country", input: text)
            #expect(ending.code == 0, "\(ending.errors)")
        }
        #expect(try tool.sqlite("SELECT attributes FROM exposures") == #"{"country":"de"}"#)
        #expect(try tool.sqlite("SELECT id FROM exposure_log") == "a:de")
        let unknown = try tool.run("import", "exposures", "-", "--format", "csv", input: csv)
        #expect(unknown.code == 2 && unknown.errors.contains("--ignore leaves one unread"), "\(unknown.errors)")
        let missing = try tool.run(
            "import", "exposures", "-", "--format", "csv", "--columns", "user_id=visitor", "--ignore-others", input: csv
        )
        #expect(missing.code == 2 && missing.errors.contains("the column 'visitor' for 'user_id' is missing"))
        #expect(try tool.run("import", "exposures", "-", "--columns", "user=visitor").code == 1)
    }
}
