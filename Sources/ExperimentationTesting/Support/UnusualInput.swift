import Experimentation

/// Input that looks wrong and breaks no rule.
enum UnusualInput {
    static let all: [(String, Call)] = names + units + times + values + ids

    private static let names: [(String, Call)] =
        Definitions.oddVariants.map { name in
            (
                "an odd variant",
                .exposure("ada") {
                    $0.experiment = Definitions.odd
                    $0.variantID = name
                }
            )
        }
        + ([
            " ", "it's", "\"", "a,b;c", "%s", "\\", "日本語", "עברית", "a\u{200e}b", "👩‍💻", "e\u{301}",
            MetricName(Definitions.padded("metric")),
        ] as [MetricName]).map { name in ("the metric \(name)", .outcome("ada") { $0.metric = name }) }

    private static let units: [(String, Call)] = [
        " ", "\n", "\u{202e}", "-0", "null", "'; DROP TABLE outcome; --", UnitID(String(repeating: "é", count: 512)),
    ].flatMap { (id: UnitID) in
        [
            ("an odd user id", .exposure(id)), ("an odd user id", .outcome(id)),
            ("an odd session id", .exposure(nil) { $0.sessionID = id }),
            ("an odd session id", .outcome(nil) { $0.attributes["session_id"] = id.text }),
        ]
    }

    private static let times: [(String, Call)] = [0, 253_402_300_799_999_999].flatMap { time in
        [
            ("an extreme time", .exposure("ada") { $0.timestampMicroseconds = time }),
            ("an extreme time", .outcome("ada") { $0.timestampMicroseconds = time }),
        ]
    }

    /// Outcomes with odd values, among them one metric of several kinds.
    private static let values: [(String, Call)] = [
        .count(.min), .count(.max), .count(-1), .numeric(-1.5), .numeric(-0.0),
        .numeric(.greatestFiniteMagnitude), .numeric(.leastNonzeroMagnitude), .bool(false),
    ].map { (value: OutcomeValue) in ("the value \(value)", .outcome("ada") { $0.value = value }) }

    private static let ids: [(String, Call)] = [
        ("an exposure without a unit", .exposure(nil)), ("an outcome without a unit", .outcome(nil)),
        ("an outcome without an experiment", .outcome("ada") { $0.experiment = nil }),
        ("an outcome of a unit never exposed", .outcome("nobody")),
        ("an exposure that was not randomised", .exposure("ada") { $0.enrollment = .override }),
        (
            "an exposure to a draft",
            .exposure("ada") {
                $0.experiment = Definitions.draft
                $0.enrollment = .notRunning
            }
        ),
        ("an exposure to a stopped experiment", .exposure("ada") { $0.experiment = Definitions.stopped }),
        ("an id of 64 bytes", .exposure("ada") { $0.id = RecordID(String(repeating: "é", count: 32)) }),
        ("an id of 64 bytes", .outcome("ada") { $0.id = RecordID(String(repeating: "é", count: 32)) }),
        ("attributes of any text", .exposure("ada") { $0.attributes = ["pays": "caf\u{e9}\n\"", "": "\u{1}"] }),
    ]
}
