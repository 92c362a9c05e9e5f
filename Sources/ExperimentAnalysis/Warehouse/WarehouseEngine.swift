/// An engine that can hold the rows of many servers and compute their aggregates.
public enum WarehouseEngine: String, CaseIterable, Sendable {
    case clickhouse
    case postgresql
    case spark
    case duckdb

    /// A command of the engine's own client that reads statements and writes rows as CSV, without a header; nil of an engine
    /// whose client writes no CSV.
    public var client: String? {
        switch self {
        case .clickhouse: "clickhouse-client --multiquery --format CSV"
        case .postgresql: "psql --no-psqlrc --quiet --csv --tuples-only --set ON_ERROR_STOP=1"
        case .spark: nil
        case .duckdb: "duckdb -csv -noheader -bail warehouse.duckdb"
        }
    }
}

/// The words in which the engines differ; everything else of the statements is the same for all.
struct WarehouseDialect {
    let engine: WarehouseEngine

    /// The statements that begin a session.
    var preamble: String {
        switch engine {
        // Without it an outer join fills in zeros and empty texts.
        // And an alias stands for the column of its name everywhere.
        case .clickhouse: "SET join_use_nulls = 1;\nSET prefer_column_name_to_alias = 1;\n"
        case .postgresql: "SET client_min_messages = warning;\n"
        case .spark, .duckdb: ""
        }
    }

    /// The text that the engine's client writes for nothing.
    var nothing: String { engine == .clickhouse ? "\\N" : "" }

    var text: String { engine == .clickhouse ? "Nullable(String)" : engine == .spark ? "STRING" : "TEXT" }
    var integer: String { engine == .clickhouse ? "Nullable(Int64)" : "BIGINT" }

    var real: String {
        switch engine {
        case .clickhouse: "Nullable(Float64)"
        case .postgresql: "DOUBLE PRECISION"
        case .spark, .duckdb: "DOUBLE"
        }
    }

    /// An integer that no sum of 64-bit integers overflows.
    var wideInteger: String {
        switch engine {
        case .clickhouse: "Nullable(Int256)"
        case .postgresql: "NUMERIC"
        case .spark: "DECIMAL(38, 0)"
        case .duckdb: "HUGEINT"
        }
    }

    /// A text as a literal.
    func literal(_ text: String) -> String {
        switch engine {
        case .clickhouse, .spark:
            "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
        case .postgresql, .duckdb: "'" + text.replacing("'", with: "''") + "'"
        }
    }

    func literal(_ number: Int64?) -> String {
        number.map { "CAST(\($0) AS \(integer))" } ?? "CAST(NULL AS \(integer))"
    }

    /// The whole part of a quotient of integers that are not negative.
    func quotient(_ dividend: String, _ divisor: String) -> String {
        switch engine {
        case .clickhouse: "intDiv(\(dividend), \(divisor))"
        case .postgresql: "((\(dividend)) / \(divisor))"
        case .spark: "((\(dividend)) div \(divisor))"
        case .duckdb: "((\(dividend)) // \(divisor))"
        }
    }

    /// The time of the engine's clock, in µs since 1970 UTC.
    var clock: String {
        switch engine {
        case .clickhouse: "toUnixTimestamp64Micro(now64(6))"
        case .postgresql: "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"
        case .spark: "unix_micros(current_timestamp())"
        case .duckdb: "epoch_us(now())"
        }
    }

    /// A text of a column of attributes; NULL where it lacks it.
    func attribute(_ name: String, of column: String) -> String {
        switch engine {
        case .clickhouse:
            "(CASE WHEN JSONHas(\(column), \(literal(name))) THEN JSONExtractString(\(column), \(literal(name))) END)"
        case .postgresql: "(CAST(\(column) AS JSON) ->> \(literal(name)))"
        case .spark: "element_at(from_json(\(column), 'MAP<STRING, STRING>'), \(literal(name)))"
        // By a pointer, since a path could not hold every name (RFC 6901).
        case .duckdb:
            "json_extract_string(\(column), \(literal("/" + name.replacing("~", with: "~0").replacing("/", with: "~1"))))"
        }
    }

    /// The part of a row's id between two hyphens, counted from 1; the file's id is the first five.
    func part(_ number: Int, of id: String) -> String {
        engine == .clickhouse
            ? "splitByChar('-', assumeNotNull(\(id)))[\(number)]" : "split_part(\(id), '-', \(number))"
    }

    /// A table of the session, made of a query.
    func table(_ name: String, as query: String) -> String {
        switch engine {
        case .clickhouse: "CREATE TEMPORARY TABLE \(name) ENGINE = Memory AS\n\(query);\n"
        case .spark: "CREATE OR REPLACE TEMPORARY VIEW \(name) AS\n\(query);\nCACHE TABLE \(name);\n"
        case .postgresql: "CREATE TEMPORARY TABLE \(name) AS\n\(query);\nANALYZE \(name);\n"
        case .duckdb: "CREATE TEMPORARY TABLE \(name) AS\n\(query);\n"
        }
    }
}
