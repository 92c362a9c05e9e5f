import ExperimentStorage
import Experimentation
import TestSupport

/// A record of either kind, and what became of it.
enum Recorded: Sendable {
    case exposure(ExposureRecord)
    case outcome(OutcomeRecord)

    /// The field that a store names when it refuses the record; nil when it takes it.
    func field(in store: ExperimentStore) async -> String? {
        do throws(ExperimentError) {
            switch self {
            case .exposure(let exposure): try await store.recordExposure(exposure)
            case .outcome(let outcome): try await store.recordOutcome(outcome)
            }
            return nil
        } catch {
            switch error {
            case .invalidContext(let input): return input.field
            case .experimentNotFound: return "not found"
            case .backend: return "backend"
            }
        }
    }
}

/// Everything that is refused, with the field that the refusal names.
enum BadInput {
    static let all: [(field: String, record: Recorded)] = names + ids + values

    private static let long = String(repeating: "x", count: 129)
    private static let badNames = ["", long, "a\nb", "a\u{1b}[2J", "a\u{85}", "a\u{202e}b", "a\u{2066}b"]
    private static let badIDs = ["", String(repeating: "é", count: 513), "a\0b"]

    private static let names: [(field: String, record: Recorded)] = badNames.flatMap {
        name -> [(field: String, record: Recorded)] in
        [
            ("experiment", .exposure(Shop.exposure("ada", experiment: name))),
            ("variant_id", .exposure(Shop.exposure("ada", name))),
            ("experiment", .outcome(Shop.outcome("ada", experiment: name))),
            ("metric", .outcome(Shop.outcome("ada", metric: name))),
        ]
    }

    private static let ids: [(field: String, record: Recorded)] =
        badIDs.flatMap { id -> [(field: String, record: Recorded)] in
            var session = Shop.outcome(nil)
            session.attributes = ["session_id": id]
            return [
                ("user_id", .exposure(Shop.exposure(id))), ("user_id", .outcome(Shop.outcome(id))),
                ("session_id", .outcome(session)), ("id", .exposure(Shop.exposure("ada", id: id))),
            ]
        }

    private static let values: [(field: String, record: Recorded)] = {
        var early = Shop.exposure("ada")
        early.timestampMicroseconds = -1
        var late = Shop.outcome("ada")
        late.timestampMicroseconds = 253_402_300_800_000_000
        var torn = Shop.exposure("ada")
        torn.sessionID = "caf\u{e9}"
        torn.attributes = ["session_id": "cafe\u{301}"]
        var heavy = Shop.exposure("ada")
        heavy.attributes = ["note": String(repeating: "x", count: 65_536)]
        return [
            ("value", .outcome(Shop.outcome("ada", .numeric(.nan)))),
            ("value", .outcome(Shop.outcome("ada", .numeric(-.infinity)))),
            ("timestamp", .exposure(early)), ("timestamp", .outcome(late)), ("session_id", .exposure(torn)),
            ("attributes", .exposure(heavy)), ("variant_id", .exposure(Shop.exposure("ada", "nobody"))),
            ("not found", .exposure(Shop.exposure("ada", experiment: "nothing"))),
            ("not found", .outcome(Shop.outcome("ada", experiment: "nothing"))),
        ]
    }()
}
