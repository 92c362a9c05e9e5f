import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An input that breaks one rule, in every method that takes the field.
package struct BadInput: Sendable {
    /// The fault of the input, for a sentence.
    package let description: String
    /// The field that the error must name.
    package let field: String
    package let calls: [Call]

    /// A text that no message may repeat; it is part of the offending texts.
    static let secret = "Ada.Lovelace@example.org"

    package static let all: [BadInput] = names + variants + units + recordIDs + times + values

    /// Texts that are no names.
    private static let badNames: [(String, String)] = [
        ("empty", ""),
        ("of 129 bytes", Definitions.padded(secret) + "n"),
        ("with a line feed", secret + "\n"),
        ("with an escape character", "\u{1b}[2J" + secret),
        ("with U+0000", secret + "\0"),
        ("with U+007F", secret + "\u{7f}"),
        ("with the control character U+0085", secret + "\u{85}"),
        ("with the override U+202E", "\u{202e}" + secret),
        ("with the isolate U+2066", "\u{2066}" + secret),
    ]

    private static let names = badNames.flatMap { what, name in
        [
            BadInput(
                description: "an experiment's name \(what)", field: "experiment",
                calls: [
                    .exposure("u") { $0.experiment = ExperimentName(name) },
                    .outcome("u") { $0.experiment = ExperimentName(name) },
                ]),
            BadInput(
                description: "a variant's name \(what)", field: "variant_id",
                calls: [.exposure("u") { $0.variantID = VariantName(name) }]),
            BadInput(
                description: "a metric's name \(what)", field: "metric",
                calls: [.outcome("u") { $0.metric = MetricName(name) }]),
        ]
    }

    private static let variants = [VariantName(secret), "Control", "control ", "treatment2"].map { name in
        BadInput(
            description: "an unknown variant", field: "variant_id", calls: [.exposure("u") { $0.variantID = name }])
    }

    private static let badUnits: [(String, String)] = [
        ("empty", ""), ("of 1,025 bytes", String(repeating: secret, count: 42) + String(repeating: "x", count: 17)),
        ("with U+0000", secret + "\0"),
    ]

    private static let units = badUnits.flatMap { what, id in
        [
            BadInput(
                description: "a user id \(what)", field: "user_id",
                calls: [
                    .exposure(UnitID(id)), .outcome(UnitID(id)),
                    .assign(Definitions.button, ExperimentContext(userID: id)),
                ]),
            BadInput(
                description: "a session id \(what)", field: "session_id",
                calls: [
                    .exposure("u") { $0.sessionID = UnitID(id) }, .outcome("u") { $0.sessionID = UnitID(id) },
                    .assign(Definitions.session, ExperimentContext(sessionID: id)),
                ]),
            BadInput(
                description: "a session id \(what) among the attributes", field: "session_id",
                calls: [
                    .exposure("u") { $0.attributes["session_id"] = id },
                    .outcome("u") { $0.attributes["session_id"] = id },
                    .assign(Definitions.session, ExperimentContext(attributes: ["session_id": id])),
                ]),
        ]
    }

    private static let recordIDs = [
        ("empty", ""), ("of 65 bytes", String(repeating: "i", count: 65)), ("with U+0000", secret + "\0"),
    ].map { what, id in
        BadInput(
            description: "a record id \(what)", field: "id",
            calls: [.exposure("u") { $0.id = RecordID(id) }, .outcome("u") { $0.id = RecordID(id) }])
    }

    private static let times =
        [-1, 253_402_300_800_000_000, Int64.min, .max].map { time in
            BadInput(
                description: "a time outside the years 1970 to 9999", field: "timestamp",
                calls: [
                    .exposure("u") { $0.timestampMicroseconds = time },
                    .outcome("u") { $0.timestampMicroseconds = time },
                ])
        }
        + [Double.infinity, .nan, -1e300].map { seconds in
            BadInput(
                description: "a date \(seconds) seconds after 1970", field: "timestamp",
                calls: [
                    .exposure("u") { $0.timestamp = Date(timeIntervalSince1970: seconds) },
                    .outcome("u") { $0.timestamp = Date(timeIntervalSince1970: seconds) },
                ])
        }

    private static let values = [Double.nan, .infinity, -.infinity].map { amount in
        BadInput(
            description: "the amount \(amount)", field: "value", calls: [.outcome("u") { $0.value = .numeric(amount) }])
    }
}
