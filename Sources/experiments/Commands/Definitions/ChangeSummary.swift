import ExperimentDefinitions
import ExperimentJSON
import ExperimentStorage
import Experimentation

/// The effect of a change of a definition, as `apply` and `import` print it in JSON.
enum ChangeSummary {
    static func json(_ change: DefinitionChange) -> JSONValue {
        .object(
            subject(change) + [
                ("state", .string(state(change))),
                ("changes", .array(change.changes.map { .string(ChangeText.text($0)) })),
                ("refusals", .array(change.refusals.map { .string("\($0)") })),
                (
                    "units",
                    change.movement.map {
                        .object([
                            ("seen", .integer($0.seen)), ("moved", .integer($0.moved)), ("left", .integer($0.left)),
                            ("joined", .integer($0.joined)),
                        ])
                    } ?? .null
                ),
                // The running experiments that are not under the holdout afterwards.
                ("not_under_it", .array(change.keptHoldouts.map { .name($0.experiment) })),
            ])
    }

    private static func subject(_ change: DefinitionChange) -> [JSONValue.Member] {
        switch change.subject {
        case .experiment(let id): [("subject", .string("experiment")), ("name", .name(id)), ("kind", .null)]
        case .metric(let metric, let kind):
            [("subject", .string("metric")), ("name", .name(metric)), ("kind", .string(kind.rawValue))]
        case .timezone(let zone): [("subject", .string("timezone")), ("name", .string("\(zone)")), ("kind", .null)]
        case .holdout(let holdout): [("subject", .string("holdout")), ("name", .name(holdout)), ("kind", .null)]
        }
    }

    private static func state(_ change: DefinitionChange) -> String {
        if !change.refusals.isEmpty { return "refused" }
        if change.isNew { return "new" }
        return change.isUnchanged ? "unchanged" : "changed"
    }
}
