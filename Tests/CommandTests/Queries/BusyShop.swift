import TestSupport
import Testing

/// A file of the size at which analysts noticed how long a query takes: 130,000 exposures and 200,000 outcomes of 14,000
/// users in five experiments, written by SQL within a second.
enum BusyShop {
    static let experiments = ["checkout_button_color", "new_home", "search", "banner", "copy"]

    /// Made once, copied for each suite.
    static let database = Result { try PreparedDatabase(write) }

    private static func write(_ tool: Tool) throws {
        let definitions = experiments.map { id in
            """
            [[experiments]]
            id = "\(id)"
            variants = [{ id = "control", is_control = true }, { id = "treatment" }]
            """
        }
        let metrics = """

            [[metrics]]
            name = "latency_ms"
            kind = "numeric"
            aggregation = "mean"
            direction = "decrease"
            """
        try tool.prepare("apply", try tool.file("busy.toml", definitions.joined(separator: "\n") + metrics))
        let ending = try Program.run("sqlite3", [tool.database, rows])
        #expect(ending.code == 0 && ending.errors == "", "\(ending.errors)")
    }

    /// Numbers that look random: a multiple of n modulo a prime, as Lehmer's generator takes it.
    private static let rows = """
        INSERT INTO metric_definition (name, kind, aggregation, is_defined) VALUES
            ('purchase', 'bool', 'any', 0), ('revenue', 'numeric', 'sum', 0), ('visit', 'count', 'sum', 0),
            ('clicks', 'count', 'sum', 0), ('page_views', 'count', 'sum', 0);
        CREATE TEMP TABLE draw AS
        WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 200000)
        SELECT n, n * 48271 % 2147483647 AS a, n * 69621 % 2147483647 AS b, n * 39373 % 2147483647 AS c FROM number;

        INSERT INTO exposure_log (phase_id, variant_id, enrollment, timestamp_us, user_id, attributes)
        SELECT p.phase_id, v.variant_id, 0,
            1767571200000000 + (a % 14000) * 200000000 + CASE WHEN n <= 56000 THEN 0 ELSE b * 200 % 432000000000 END,
            'u' || (a % 14000),
            json_object('country', substr('DEFRUS', 1 + 2 * (a % 3), 2), 'platform', substr('iOSwebtab', 1 + 3 * (a % 14000 % 3), 3))
        FROM draw
        JOIN phase_definition AS p ON p.experiment_id = 1 + n % 5
        JOIN phase_variant AS w ON w.phase_id = p.phase_id AND w.position = (a % 14000 / 7 + p.experiment_id) % 2
        JOIN variant_definition AS v ON v.variant_id = w.variant_id
        WHERE n <= 130000 ORDER BY n;

        INSERT INTO outcome_log (metric_id, value, timestamp_us, user_id)
        SELECT m.metric_id,
            CASE m.name WHEN 'purchase' THEN 1 WHEN 'visit' THEN 1 WHEN 'revenue' THEN 1.0 + b % 9000 / 100.0
                WHEN 'latency_ms' THEN 100.0 + b % 900 ELSE 1 + b % 4 END,
            1767571200000000 + (c % 14000) * 200000000 + b * 800 % 1700000000000 - 150000000000, 'u' || (c % 14000)
        FROM draw JOIN metric_definition AS m ON m.metric_id = 1 + a % 6
        ORDER BY n;
        """
}
