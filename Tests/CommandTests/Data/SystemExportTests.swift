import Foundation
import TestSupport
import Testing

/// Files as databases, warehouses, event pipelines and programs write them, after their documents: the columns are as a query
/// names them, everything else is the system's own way.
@Suite("Exports of systems by name")
struct SystemExportTests {
    /// A file, the one option at most that it takes, and how it is read.
    struct Export: Sendable, CustomTestStringConvertible {
        let system: String
        let text: String
        var options: [String] = []
        /// The text for no value, of systems that write `\N`.
        var null: String?
        var format: String?
        var log = "exposures"

        var testDescription: String { system }
    }

    private static let rows = [
        ["button", "control", "a", "2026-01-05T10:00:00.000000Z"],
        ["button", "treatment", "b", "2026-01-05T11:30:00.250000Z"],
    ]
    private static let amounts = [
        ["rev", "numeric", "10.0", "a", "2026-01-05T10:00:00.000000Z"],
        ["rev", "numeric", "2.5", "b", "2026-01-05T11:30:00.250000Z"],
    ]

    /// A table with the two times written in a system's way.
    private static func table(
        _ system: String, _ first: String, _ second: String, separator: String = ",", quote: String = "",
        end: String = "\n", capitals: Bool = false, null: String = "", _ options: String...
    ) -> Export {
        let names = ["experiment", "variant_id", "user_id", "session_id", "timestamp"]
        var lines = [names.map { quote + (capitals ? $0.uppercased() : $0) + quote }]
        for (unit, time) in zip(rows, [first, second]) {
            let cells = unit.prefix(3).map { quote + $0 + quote }
            lines.append(cells + [null, quote + time + quote])
        }
        return Export(
            system: system, text: lines.map { $0.joined(separator: separator) + end }.joined(), options: options,
            null: null == "\\N" ? null : nil)
    }

    /// Objects of JSON likewise, in whatever brackets.
    private static func objects(
        _ system: String, _ first: String, _ second: String, between: String = "\n",
        around: (String, String) = ("", "\n"),
        key: String = "timestamp", _ options: String...
    ) -> Export {
        let lines = zip(rows, [first, second]).map { unit, time in
            #"{"experiment":"\#(unit[0])","variant_id":"\#(unit[1])","user_id":"\#(unit[2])","session_id":null,"\#(key)":\#(time)}"#
        }
        return Export(
            system: system, text: around.0 + lines.joined(separator: between) + around.1, options: options)
    }

    private static func orders(_ system: String, _ text: String, _ options: String...) -> Export {
        Export(system: system, text: text, options: options, log: "outcomes")
    }

    private static func events(_ system: String, _ text: String) -> Export {
        Export(system: system, text: text, format: "growthbook")
    }

    static let exports: [Export] = [
        table("psql --csv, timestamptz", "2026-01-05 10:00:00+00", "2026-01-05 11:30:00.25+00"),
        table(
            "Postgres COPY as text with a header", "2026-01-05 11:00:00+01", "2026-01-05 12:30:00.25+01",
            separator: "\t",
            null: "\\N"),
        table("Postgres COPY, timestamp", "2026-01-05 10:00:00", "2026-01-05 11:30:00.25", "--timezone", "UTC"),
        table(
            "mysql --batch", "2026-01-05T10:00:00.000000Z", "2026-01-05T11:30:00.250000Z", separator: "\t",
            null: "NULL",
            "--null", "NULL"),
        table(
            "MySQL INTO OUTFILE", "2026-01-05 10:00:00", "2026-01-05 11:30:00.250000", quote: "\"", null: "\\N",
            "--timezone", "UTC"),
        objects(
            "MySQL Workbench JSON", "\"2026-01-05 10:00:00\"", "\"2026-01-05 11:30:00.250000\"", between: ",\n\t",
            around: ("[\n\t", "\n]\n"), "--timezone", "+00:00"),
        table(
            "SQL Server Management Studio", "2026-01-05 10:00:00.0000000 +00:00", "2026-01-05 12:30:00.2500000 +01:00",
            end: "\r\n", null: "NULL", "--null", "NULL"),
        table(
            "Oracle SQL Developer", "2026-01-05T10:00:00.000Z", "2026-01-05T11:30:00.250Z", quote: "\"", end: "\r\n",
            capitals: true),
        table("sqlite3 -csv -header", "2026-01-05T10:00:00.000Z", "2026-01-05T11:30:00.250Z", end: "\r\n"),
        objects(
            "sqlite3 -json", "\"2026-01-05 10:00:00.000\"", "\"2026-01-05 11:30:00.250\"", between: ",\n",
            around: ("[", "]\n"), "--timezone", "UTC"),
        table("DuckDB", "2026-01-05 10:00:00+00", "2026-01-05 11:30:00.25+00"),
        objects(
            "DuckDB JSON, ARRAY", "\"2026-01-05 10:00:00+00\"", "\"2026-01-05 11:30:00.25+00\"", between: ",\n\t",
            around: ("[\n\t", "\n]\n")),
        table("BigQuery CSV", "2026-01-05 10:00:00 UTC", "2026-01-05 11:30:00.250000 UTC"),
        objects("BigQuery JSON lines", "\"2026-01-05 10:00:00 UTC\"", "\"2026-01-05 11:30:00.250000 UTC\""),
        objects(
            "bq query --format=json", "\"2026-01-05 10:00:00\"", "\"2026-01-05 11:30:00.250000\"", between: ",",
            around: ("[", "]\n"), "--timezone", "UTC"),
        objects("GA4 in BigQuery", "\"1767607200000000\"", "\"1767612600250000\"", key: "timestamp_us"),
        table(
            "Snowflake COPY INTO", "2026-01-05 02:00:00.000 -0800", "2026-01-05 03:30:00.250 -0800", capitals: true,
            null: "\\N"),
        table(
            "Snowsight download", "2026-01-05 10:00:00.000 Z", "2026-01-05 11:30:00.250 Z", quote: "\"", capitals: true),
        table(
            "Redshift UNLOAD HEADER", "2026-01-05 10:00:00", "2026-01-05 11:30:00.25", separator: "|", "--timezone",
            "UTC"),
        table("Redshift UNLOAD CSV, timestamptz", "2026-01-05 10:00:00+00", "2026-01-05 11:30:00.25+00"),
        table("Databricks CSV", "2026-01-05T10:00:00.000Z", "2026-01-05T11:30:00.250Z", null: "\"\""),
        objects(
            "Databricks JSON", "\"2026-01-05T11:00:00.000+01:00\"", "\"2026-01-05T12:30:00.250+01:00\""),
        table(
            "Athena and Trino", "2026-01-05 10:00:00.000 UTC", "2026-01-05 11:30:00.250 UTC", quote: "\""),
        table(
            "ClickHouse CSVWithNames", "2026-01-05 10:00:00.000", "2026-01-05 11:30:00.250", quote: "\"", null: "\\N",
            "--timezone", "UTC"),
        table(
            "ClickHouse TSVWithNames", "2026-01-05 10:00:00", "2026-01-05 11:30:00.25", separator: "\t", null: "\\N",
            "--timezone", "UTC"),
        objects("ClickHouse JSONEachRow", "\"1767607200000\"", "\"1767612600250\"", key: "timestamp_ms"),
        table("mongoexport --type=csv", "2026-01-05T10:00:00.000Z", "2026-01-05T11:30:00.250Z"),
        Export(
            system: "pandas to_csv",
            text: ",experiment,variant_id,user_id,timestamp\n0,button,control,a,2026-01-05 10:00:00+00:00\n"
                + "1,button,treatment,b,2026-01-05 11:30:00.250000+00:00\n"),
        objects("pandas to_json lines, epoch", "1767607200000", "1767612600250", "--timestamp-unit", "ms"),
        objects(
            "pandas to_json records, iso", "\"2026-01-05T10:00:00.000Z\"", "\"2026-01-05T11:30:00.250Z\"", between: ",",
            around: ("[", "]")),
        table("Polars write_csv", "2026-01-05T10:00:00.000000+0000", "2026-01-05T11:30:00.250000+0000"),
        Export(
            system: "R write.csv",
            text: "\"\",\"experiment\",\"variant_id\",\"user_id\",\"session_id\",\"timestamp\"\n"
                + "\"1\",\"button\",\"control\",\"a\",NA,\"2026-01-05T10:00:00Z\"\n"
                + "\"2\",\"button\",\"treatment\",\"b\",NA,\"2026-01-05T11:30:00.25Z\"\n",
            options: ["--null", "NA"]),
        table("R readr", "2026-01-05T10:00:00Z", "2026-01-05T11:30:00.25Z", null: "NA", "--null", "NA"),
        objects(
            "R jsonlite", "\"2026-01-05 10:00:00\"", "\"2026-01-05 11:30:00.25\"", between: ",", around: ("[", "]\n"),
            "--timezone", "UTC"),
        table(
            "Excel in Europe", "2026-01-05T10:00:00Z", "2026-01-05T11:30:00,25Z", separator: ";", end: "\r\n"),
        table("Excel CSV UTF-8", "2026-01-05 10:00:00", "2026-01-05 11:30:00.250", end: "\r\n", "--timezone", "UTC"),
        table("Google Sheets CSV", "2026-01-05T10:00:00Z", "2026-01-05T11:30:00.250Z", end: "\r\n"),
        table("Google Sheets TSV", "2026-01-05T10:00:00Z", "2026-01-05T11:30:00.250Z", separator: "\t", end: "\r\n"),
        objects("jq -c", "\"2026-01-05T10:00:00Z\"", "\"2026-01-05T11:30:00.25Z\""),
        Export(
            system: "jq",
            text: rows.map {
                "{\n  \"experiment\": \"\($0[0])\",\n  \"variant_id\": \"\($0[1])\",\n  \"user_id\": \"\($0[2])\",\n"
                    + "  \"timestamp\": \"\($0[3])\"\n}\n"
            }.joined()),
        table("jq @csv", "2026-01-05T10:00:00Z", "2026-01-05T11:30:00.25Z", quote: "\""),
        table("dbt seed", "2026-01-05 10:00:00+00", "2026-01-05 11:30:00.25+00"),
        table("Metabase", "2026-01-05T10:00:00Z", "2026-01-05T11:30:00.25Z"),
        objects("Snowplow, a query", "\"2026-01-05 10:00:00.000 UTC\"", "\"2026-01-05 11:30:00.250 UTC\""),
        objects(
            "Amplitude, a query", "\"2026-01-05 10:00:00.000000\"", "\"2026-01-05 11:30:00.250000\"", "--timezone",
            "UTC"),
        objects("Mixpanel, a query", "1767607200", "1767612600.25", key: "timestamp_s"),
        events(
            "Segment's warehouse",
            "id,received_at,experiment_id,experiment_name,variation_id,variation_name,user_id,timestamp\n"
                + "m1,2026-01-05 10:00:02+00,button,Button,control,Blue,a,2026-01-05 10:00:00+00\n"
                + "m2,2026-01-05 11:30:02+00,button,Button,treatment,Green,b,2026-01-05 11:30:00.25+00\n"),
        events(
            "Segment's Snowflake",
            "ID,EXPERIMENT_ID,VARIATION_ID,USER_ID,TIMESTAMP\nm1,button,control,a,2026-01-05 10:00:00.000 Z\n"
                + "m2,button,treatment,b,2026-01-05 11:30:00.250 Z\n"),
        events(
            "RudderStack and Segment as JSON",
            rows.map {
                #"{"type":"track","event":"Experiment Viewed","messageId":"m-\#($0[2])","userId":"\#($0[2])","timestamp":"\#($0[3])","#
                    + #""properties":{"experiment_id":"\#($0[0])","experiment_name":"B","variation_id":"\#($0[1])"}}"#
                    + "\n"
            }.joined()),
        orders(
            "Postgres numeric",
            "metric,kind,value,user_id,timestamp\nrev,numeric,10.00,a,2026-01-05 10:00:00+00\n"
                + "rev,numeric,2.50,b,2026-01-05 11:30:00.25+00\n"),
        orders(
            "BigQuery NUMERIC in JSON",
            #"{"metric":"rev","kind":"numeric","value":"10","user_id":"a","timestamp":"2026-01-05 10:00:00 UTC"}"#
                + "\n"
                + #"{"metric":"rev","kind":"numeric","value":"2.5","user_id":"b","timestamp":"2026-01-05 11:30:00.250000 UTC"}"#
        ),
        orders(
            "R's numbers",
            "\"\",\"metric\",\"kind\",\"value\",\"user_id\",\"timestamp\"\n\"1\",\"rev\",\"numeric\",1e+01,\"a\",2026-01-05T10:00:00Z\n"
                + "\"2\",\"rev\",\"numeric\",2.5,\"b\",2026-01-05T11:30:00.25Z\n"),
        orders(
            "pandas' floats in JSON",
            #"[{"metric":"rev","kind":"numeric","value":10.0,"user_id":"a","timestamp":"2026-01-05T10:00:00.000Z"},"#
                + #"{"metric":"rev","kind":"numeric","value":2.5,"user_id":"b","timestamp":"2026-01-05T11:30:00.250Z"}]"#
        ),
        orders(
            "a table of orders",
            "value,user_id,timestamp\n10.00,a,2026-01-05 10:00:00+00\n2.50,b,2026-01-05 11:30:00.25+00\n", "--columns",
            "metric='rev',kind='numeric'"),
    ]

    @Test("comes in whole with one option at most beside --null, its values equal field by field", arguments: exports)
    func imported(_ export: Export) throws {
        #expect(export.options.count <= 2, "an option and its value")
        let tool = Tool()
        try tool.define()
        let file = try tool.file("export", export.text)
        let format = export.format.map { ["--format", $0] } ?? []
        let ending = try tool.bare(
            ["import", export.log, file, "--database", tool.database] + format + export.options
                + (export.null.map { ["--null", $0] } ?? []))
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(ending.errors == "Imported 2 \(export.log).\n")
        let columns = export.log == "exposures" ? "experiment, variant_id, user_id" : "metric, kind, value, user_id"
        let rows = try tool.sqlite(
            "SELECT \(columns), timestamp FROM \(export.log) WHERE session_id IS NULL ORDER BY user_id")
        let expected = export.log == "exposures" ? Self.rows : Self.amounts
        #expect(rows == expected.map { $0.joined(separator: "|") }.joined(separator: "\n"))
    }

    @Test("of 40 systems and more")
    func count() { #expect(Set(Self.exports.map(\.system)).count >= 40) }

    @Test("Postgres' and Redshift's t and f are true and false; an id that says there is none is said")
    func letters() throws {
        let tool = Tool()
        try tool.define()
        let text =
            "metric,kind,value,user_id,timestamp\n"
            + ["t", "f", "T", "TRUE"].map { "purchase,bool,\($0),u,2026-01-05T10:00:00Z\n" }.joined()
            + "purchase,bool,t,NULL,2026-01-05T10:00:00Z\npurchase,bool,t,None,2026-01-05T10:00:00Z\n"
        let ending = try tool.run("import", "outcomes", try tool.file("x.csv", text))
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(try tool.sqlite("SELECT group_concat(value) FROM outcomes") == "1,0,1,1,1,1")
        #expect(ending.errors.contains("2 imported lines have an id such as 'NULL' (line 6)"), "\(ending.errors)")
        let absent = try tool.bare(
            ["import", "outcomes", tool.folder.file("x.csv"), "--null", "NULL", "--null", "None", "--repeats", "keep"]
                + ["--database", tool.database])
        #expect(absent.code == 0 && !absent.errors.contains("an id such as"), "\(absent.errors)")
        #expect(try tool.sqlite("SELECT count(*) FROM outcomes WHERE user_id IS NULL") == "2")
    }
}
