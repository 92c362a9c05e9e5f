import Foundation
import TestSupport
import Testing

/// The metrics that a definitions file can define, and the messages where they make no sense.
@Suite("Metrics of a definitions file")
struct MetricDefinitionsFileTests {
    private static let shop = """
        [[metrics]]
        name = "value per order"
        ratio = { numerator = "revenue", denominator = { name = "orders", kind = "count" } }
        unit = "EUR"

        [[metrics]]
        name = "shoes"
        kind = "numeric"
        of = "revenue"
        where = { category = ["shoes", "boots"], plan = "pro" }
        aggregation = "max"
        delay = "1d"
        window_us = 604800000000
        mature = false
        absent = "zero"
        floor = -1.5
        cap = "p99.9"

        [[metrics]]
        name = "p7"
        quantile = 0.07
        of = "revenue"
        per = "unit"
        nonzero = true
        direction = "decrease"

        [[metrics]]
        name = "days"
        kind = "count"
        of = "orders"
        where = { none = [] }
        aggregation = "days"
        cap = { percentile = 0.75, nonzero = true }

        [[metrics]]
        name = "revenue"
        kind = "numeric"
        window = "7d"

        [[metrics]]
        name = "orders"
        kind = "count"
        """

    @Test("every key is stored, whatever the order of the metrics, and applying the file again changes nothing")
    func everyKey() throws {
        let tool = Tool()
        let file = try tool.file("metrics.toml", Self.shop)
        #expect(try tool.run("apply", file).errors == "")
        let stored = try tool.sqlite(
            """
            SELECT m.name, m.kind, m.direction, m.aggregation, o.name, m.outcome_filter, m.delay_us, m.window_us,
                m.is_mature, m.absent, m.floor, m.cap, m.cap_level, m.cap_nonzero, n.name, d.name, m.quantile_level,
                m.population, m.measurement_unit
            FROM metric_definition AS m LEFT JOIN metric_definition AS o ON o.metric_id = m.of_metric_id
            LEFT JOIN metric_definition AS n ON n.metric_id = m.numerator_id
            LEFT JOIN metric_definition AS d ON d.metric_id = m.denominator_id
            ORDER BY m.name
            """)
        #expect(
            stored == """
                days|count|increase|days|orders|{"none":[]}|0||0|zero|||0.75|1|||||
                orders|count|increase|sum|||0||0|zero||||0|||||
                p7|quantile|decrease||revenue||0||0|zero||||0|||0.07|units_with_outcome|
                revenue|numeric|increase|sum|||0|604800000000|1|zero||||0|||||
                shoes|numeric|increase|max|revenue|{"category":["boots","shoes"],"plan":["pro"]}|86400000000|604800000000|0|zero|-1.5||0.999|0|||||
                value per order|ratio|increase||||0||0|zero||||0|revenue|orders|||EUR
                """)
        let before = try tool.sqlite(".dump")
        #expect(
            try tool.run("apply", file).output.split(separator: "\n").allSatisfy {
                $0.hasSuffix(": unchanged")
            })
        #expect(try tool.sqlite(".dump") == before)
    }

    @Test("a change is named by its keys")
    func changes() throws {
        let tool = Tool()
        _ = try tool.run("apply", try tool.file("metrics.toml", Self.shop))
        let changed = Self.shop.replacing("shoes\", \"boots", with: "hats").replacing("p99.9", with: "p99")
            .replacing("delay = \"1d\"", with: "delay = \"2d\"").replacing("0.07", with: "0.08")
            .replacing("numerator = \"revenue\"", with: "numerator = \"shoes\"")
            .replacing("EUR", with: "USD").replacing("per = \"unit\"\nnonzero = true", with: "per = \"event\"")
            .replacing("mature = false\nabsent = \"zero\"\nfloor = -1.5", with: "absent = \"exclude\"")
        #expect(
            try tool.run("apply", try tool.file("changed.toml", changed)).output == """
                metric value per order (ratio): changed: numerator, unit
                metric shoes (numeric): changed: where, delay, mature, absent, floor, cap
                metric p7 (quantile): changed: quantile, per
                metric days (count): unchanged
                metric revenue (numeric): unchanged
                metric orders (count): unchanged

                """)
    }

    @Test("everything that is wrong with a metric by itself is told at once, by key and rule")
    func wrong() throws {
        let tool = Tool()
        let file = try tool.file(
            "bad.toml",
            """
            [[metrics]]
            name = "a"
            kind = "bool"
            aggregation = "max"
            window = "0d"
            delay_us = -1
            floor = nan
            cap = -1

            [[metrics]]
            name = "b"
            kind = "numeric"
            where = { x = 1 }
            cap = "99"
            per = "event"
            delay = "1d"
            delay_us = 5

            [[metrics]]
            name = "c"
            ratio = { numerator = 5 }
            window = "1d"
            kind = "count"

            [[metrics]]
            name = "d"
            quantile = 1
            of = "b"
            per = "event"
            nonzero = true
            cap = 5

            [[metrics]]
            name = "e"
            kind = "count"
            of = "e"
            cap = "p100"

            [[metrics]]
            name = "f"
            kind = "count"
            cap = { percentile = 0.1234567891 }

            [[metrics]]
            name = "c"
            ratio = { numerator = "a", denominator = { name = "b", sort = "x" } }
            """)
        let ending = try tool.run("apply", file)
        #expect(ending.code == 2 && ending.output == "")
        let computed = "it is a key of the metrics that it is computed from"
        #expect(
            ending.errors == """
                Error: \(file): 21 problems, so nothing was applied:
                  metrics: define 'c' twice with the same kind
                  metrics[0] ('a'): aggregation must not be max where the kind is bool
                  metrics[0] ('a'): window must be positive
                  metrics[0] ('a'): delay must not be negative
                  metrics[0] ('a'): floor must be finite
                  metrics[0] ('a'): cap must be finite and not negative
                  metrics[1].where.x: must be a string or an array of strings
                  metrics[1].where: needs 'of', which names the metric whose outcomes are filtered
                  metrics[1].delay: and 'delay_us' must not both be given
                  metrics[1].cap: must be a number, a percentile such as "p99", or { percentile = 0.99 }
                  metrics[1].per: needs 'quantile'
                  metrics[2].kind: must not be given with 'ratio': \(computed)
                  metrics[2].window: must not be given with 'ratio': \(computed)
                  metrics[2].ratio.numerator: must be a metric's name, or { name = "…", kind = "…" }
                  metrics[2].ratio: lacks 'denominator'
                  metrics[3].cap: must not be given with 'quantile': \(computed)
                  metrics[3].quantile: must be above 0 and below 1
                  metrics[3].nonzero: must not be true with per = "event": outcomes themselves have no absent units
                  metrics[4].cap: must be above p0 and below p100
                  metrics[5].cap.percentile: must have at most 9 decimal places
                  metrics[6].ratio.denominator.sort: is not a known key

                """)
    }

    @Test("what metrics must not be computed from is refused, one error a problem, and nothing is applied")
    func between() throws {
        let tool = Tool()
        let text = """
            [[metrics]]
            name = "a"
            kind = "numeric"
            of = "b"
            [[metrics]]
            name = "b"
            kind = "numeric"
            of = "a"
            [[metrics]]
            name = "r"
            ratio = { numerator = "r", denominator = "nothing" }
            [[metrics]]
            name = "two"
            kind = "bool"
            [[metrics]]
            name = "two"
            kind = "count"
            [[metrics]]
            name = "q"
            quantile = 0.5
            of = "two"
            [[metrics]]
            name = "p"
            quantile = 0.5
            of = { name = "two", kind = "numeric" }
            """
        let ending = try tool.run("apply", try tool.file("bad.toml", text))
        #expect(ending.code == 2)
        #expect(
            ending.errors == """
                Error: of of metric 'a' must not name a derived metric, as 'b' is
                of of metric 'b' must not name a derived metric, as 'a' is
                numerator of metric 'r' must not name a ratio or a quantile, as 'r' is
                denominator of metric 'r' must name a metric that is defined or recorded, which 'nothing' is not
                of of metric 'q' must name the kind of 'two': bool, count
                of of metric 'p' must name a metric that is defined or recorded, which 'two' (numeric) is not

                """)
        #expect(!FileManager.default.fileExists(atPath: tool.database))
    }

    @Test("a derived metric and outcomes recorded under its name do not go together, whichever comes second")
    func reserved() throws {
        let tool = Tool()
        try tool.define()
        _ = try tool.run("apply", try tool.file("metrics.toml", Self.shop))
        let header = "experiment,metric,kind,value,user_id,session_id,timestamp,attributes,id\n"
        func outcome(_ metric: String, _ kind: String) throws -> String {
            try tool.file("\(metric).csv", header + ",\(metric),\(kind),1,ann,,2026-01-01T00:00:00Z,,\n")
        }
        let refused = try tool.run("import", "outcomes", try outcome("shoes", "numeric"))
        #expect(refused.code == 2)
        #expect(refused.errors.contains("metric must not be the name of a derived metric of the same kind"))
        #expect(try tool.sqlite("SELECT count(*) FROM outcome_log") == "0")
        #expect(try tool.run("import", "outcomes", try outcome("shoes", "count")).code == 0)
        #expect(try tool.run("import", "outcomes", try outcome("hats", "numeric")).code == 0)
        let late = try tool.run(
            "apply",
            try tool.file("late.toml", "[[metrics]]\nname = \"hats\"\nkind = \"numeric\"\nof = \"revenue\"\n"))
        #expect(late.code == 2)
        #expect(
            late.errors
                == "Error: of must not be given for metric 'hats': outcomes are recorded under that name\n")
        let base = try tool.run(
            "apply",
            try tool.file("base.toml", "[[metrics]]\nname = \"orders\"\nkind = \"count\"\nof = \"x\"\n"))
        #expect(base.errors == "Error: of must not be given for metric 'orders': 'days' is derived from it\n")
    }
}
