import Experimentation

/// How an assignment comes about, as JSON.
enum AssignmentJSON {
    static func assignment(_ assignment: AssignmentExplanation) -> JSONValue {
        let variant = assignment.variant
        return .object([
            ("variant_id", .name(variant.variantID)), ("is_control", .bool(variant.isControl)),
            ("enrollment", .string(variant.enrollment.rawValue)),
            ("steps", .array(assignment.steps.map(step))),
        ])
    }

    private static func step(_ step: AssignmentExplanation.Step) -> JSONValue {
        let (name, facts): (String, [(key: String, value: JSONValue)]) =
            switch step {
            case .override(let variantID): ("override", [("variant_id", .name(variantID))])
            case .status(let status): ("status", [("status", .string(status.rawValue))])
            case .noUnit(let unit): ("no_unit", [("unit", .string(unit.rawValue))])
            case .coverage(let coverage, let point):
                ("coverage", [("coverage", .number(coverage)), ("point", .number(point))])
            case .namespace(let claim, let point):
                (
                    "namespace",
                    [
                        ("namespace", .name(claim.namespace)), ("start", .number(claim.start)),
                        ("end", .number(claim.end)), ("point", .number(point)),
                    ]
                )
            case .holdout(let holdout, let point):
                (
                    "holdout",
                    [
                        ("holdout", .name(holdout.name)), ("share", .number(holdout.share)),
                        ("point", .number(point)),
                    ]
                )
            case .algorithm(let algorithm, let seed, let variantID, let exclusion):
                (
                    "algorithm",
                    [
                        ("algorithm", .string(algorithm.rawValue)), ("seed", .name(seed)),
                        ("variant_id", .name(variantID)),
                        ("exclusion", exclusion.map { .string($0) } ?? .null),
                    ]
                )
            }
        return .object([("step", .string(name))] + facts + [("decides", .bool(!step.isPassed))])
    }
}
