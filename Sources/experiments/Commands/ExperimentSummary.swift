import ExperimentStorage
import Experimentation

/// An experiment as `list` and `show` print it in JSON.
struct ExperimentSummary: Encodable {
    struct Variant: Encodable {
        let variantID: String
        let weight: Double
        let isControl: Bool

        enum CodingKeys: String, CodingKey {
            case variantID = "variant_id"
            case weight
            case isControl = "is_control"
        }
    }

    struct Guardrail: Encodable {
        let metric: String
        let margin: Double
    }

    struct Plan: Encodable {
        let units: Int?
        let minimumLift: Double?

        enum CodingKeys: String, CodingKey {
            case units
            case minimumLift = "minimum_lift"
        }
    }

    let experiment: String
    let status: String
    let unit: String
    let phase: Int
    let algorithm: String
    let createdAt: String
    let startedAt: String?
    let stoppedAt: String?
    let winner: String?
    let variants: [Variant]
    let goals: [String]
    let guardrails: [Guardrail]
    let plan: Plan?
    /// Logged exposures and outcomes; only in `show`, since counting reads the logs.
    let exposures: Int?
    let outcomes: Int?

    enum CodingKeys: String, CodingKey {
        case experiment, status, unit, phase, algorithm
        case createdAt = "created_at"
        case startedAt = "started_at"
        case stoppedAt = "stopped_at"
        case winner, variants, goals, guardrails, plan, exposures, outcomes
    }

    init(_ stored: StoredExperiment, counts: RecordCounts? = nil) {
        let definition = stored.experiment
        experiment = definition.id
        status = definition.status.rawValue
        plan = definition.plan.map { Plan(units: $0.units, minimumLift: $0.minimumLift) }
        unit = definition.unit.rawValue
        phase = stored.phase
        algorithm = definition.algorithm.rawValue
        createdAt = TimeText.utc(stored.createdAt)
        startedAt = stored.startedAt.map(TimeText.utc)
        stoppedAt = stored.stoppedAt.map(TimeText.utc)
        winner = definition.winner
        variants = definition.variants.map {
            Variant(variantID: $0.variantID, weight: $0.weight, isControl: $0.isControl)
        }
        goals = definition.goals
        guardrails = definition.guardrails.map { Guardrail(metric: $0.metric, margin: $0.margin) }
        exposures = counts?.exposures
        outcomes = counts?.outcomes
    }
}
