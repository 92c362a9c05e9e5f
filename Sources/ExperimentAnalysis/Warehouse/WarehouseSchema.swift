/// The tables of a warehouse, and how exports are loaded into them.
struct WarehouseSchema {
    private static let exposureColumns = [
        "row_id", "experiment", "phase", "variant_id", "user_id", "session_id", "enrollment", "timestamp_us",
        "attributes",
        "id",
    ]
    private static let outcomeColumns = [
        "row_id", "experiment", "metric", "kind", "value", "user_id", "session_id", "timestamp_us", "attributes", "id",
    ]
    private static let integers: Set = ["phase", "timestamp_us"]

    let dialect: WarehouseDialect

    /// The statements that make the tables where they are missing.
    var tables: String {
        let exposures = [
            ("row_id", dialect.text), ("source", dialect.text), ("number", dialect.integer),
            ("experiment", dialect.text), ("phase", dialect.integer), ("variant_id", dialect.text),
            ("user_id", dialect.text), ("session_id", dialect.text), ("enrollment", dialect.text),
            ("timestamp_us", dialect.integer), ("attributes", dialect.text), ("id", dialect.text),
        ]
        let outcomes = [
            ("row_id", dialect.text), ("source", dialect.text), ("number", dialect.integer),
            ("experiment", dialect.text), ("metric", dialect.text), ("kind", dialect.text),
            ("value_real", dialect.real), ("value_whole", dialect.integer), ("user_id", dialect.text),
            ("session_id", dialect.text), ("timestamp_us", dialect.integer), ("attributes", dialect.text),
            ("id", dialect.text),
        ]
        return table("experiment_exposures", exposures) + table("experiment_outcomes", outcomes)
    }

    private func table(_ name: String, _ columns: [(name: String, type: String)]) -> String {
        let list = columns.map { "    \($0.name) \($0.type)" }.joined(separator: ",\n")
        let create = "CREATE TABLE IF NOT EXISTS \(name) (\n\(list)\n)"
        switch dialect.engine {
        // A partition a day: what lies behind the time of a report is not read.
        case .clickhouse:
            return create
                + " ENGINE = MergeTree PARTITION BY intDiv(assumeNotNull(timestamp_us), 86400000000)\n"
                + "ORDER BY assumeNotNull(timestamp_us) SETTINGS max_partitions_per_insert_block = 100000;\n"
        case .spark: return create + " USING parquet;\n"
        case .postgresql:
            return create + ";\nCREATE INDEX IF NOT EXISTS \(name)_time ON \(name) USING brin (timestamp_us);\n"
                + "CREATE INDEX IF NOT EXISTS \(name)_row ON \(name) USING hash (row_id);\n"
        case .duckdb: return create + ";\n"
        }
    }

    /// The statements that load two exports in CSV; rows that are there are not loaded again.
    func load(exposures: String, outcomes: String) -> String {
        load(
            exposures, into: "experiment_exposures", Self.exposureColumns,
            """
            row_id, \(source), \(number), experiment, CAST(phase AS \(dialect.integer)), variant_id, user_id, session_id,
                enrollment, CAST(timestamp_us AS \(dialect.integer)), attributes, id
            """)
            + load(
                outcomes, into: "experiment_outcomes", Self.outcomeColumns,
                """
                row_id, \(source), \(number), experiment, metric, kind,
                    CASE WHEN kind = 'numeric' THEN CAST(value AS \(dialect.real)) END,
                    CASE WHEN kind = 'count' THEN CAST(value AS \(dialect.integer))
                        WHEN kind = 'bool' THEN CASE WHEN value = 'true' THEN 1 ELSE 0 END END,
                    user_id, session_id, CAST(timestamp_us AS \(dialect.integer)), attributes, id
                """)
    }

    /// The id of the file that a row was recorded in: the first 36 characters of the row's.
    private var source: String { "substring(row_id, 1, 36)" }
    private var number: String { "CAST(\(dialect.part(8, of: "row_id")) AS \(dialect.integer))" }

    private func load(_ file: String, into table: String, _ columns: [String], _ values: String) -> String {
        let path = dialect.literal(file)
        let new = "WHERE row_id NOT IN (SELECT row_id FROM \(table) WHERE row_id IS NOT NULL);\n"
        switch dialect.engine {
        case .duckdb:
            // Every cell is a text, so that an id 007 stays what it is.
            let types = columns.map { "'\($0)': 'TEXT'" }.joined(separator: ", ")
            return """
                INSERT INTO \(table) SELECT \(values)
                FROM read_csv(\(path), header = true, columns = {\(types)}, quote = '"', escape = '"', parallel = false)
                \(new)
                """
        case .postgresql:
            let list = columns.map { "\($0) TEXT" }.joined(separator: ", ")
            return """
                CREATE TEMPORARY TABLE \(table)_load (\(list));
                \\copy \(table)_load FROM \(path) WITH (FORMAT csv, HEADER true)
                INSERT INTO \(table) SELECT \(values) FROM \(table)_load
                \(new)
                DROP TABLE \(table)_load;
                """ + "\n"
        case .clickhouse:
            let list = columns.map { "\($0) Nullable(String)" }.joined(separator: ", ")
            return """
                INSERT INTO \(table) SELECT \(values) FROM file(\(path), CSVWithNames, \(dialect.literal(list)))
                \(new.dropLast(2))
                SETTINGS format_csv_null_representation = '', input_format_csv_trim_whitespaces = 0;
                """ + "\n"
        case .spark:
            let view = "\(table)_load"
            return """
                CREATE OR REPLACE TEMPORARY VIEW \(view) USING csv
                OPTIONS (path \(path), header 'true', escape '"', multiLine 'true', inferSchema 'false');
                INSERT INTO \(table) SELECT \(values) FROM \(view)
                \(new)
                """
        }
    }
}
