import ExperimentDefinitions
import ExperimentStorage
import Experimentation

/// An experiment as `list` and `show` print it in JSON.
struct ExperimentSummary: Encodable {
    struct Variant: Encodable {
        let variantID: VariantName
        let weight: Double
        let isControl: Bool

        enum CodingKeys: String, CodingKey {
            case variantID = "variant_id"
            case weight
            case isControl = "is_control"
        }
    }

    struct Guardrail: Encodable {
        let metric: MetricName
        let margin: Double
    }

    struct Plan: Encodable {
        let units: Int?
        let minimumLift: Double?
        let days: Int?
        let plausibleLift: Double?

        enum CodingKeys: String, CodingKey {
            case units, days
            case minimumLift = "minimum_lift"
            case plausibleLift = "plausible_lift"
        }
    }

    struct Namespace: Encodable {
        let name: NamespaceName
        /// Start, included, and end, excluded.
        let range: [Double]
    }

    struct Holdout: Encodable {
        let name: HoldoutName
        let share: Double
    }

    struct Override: Encodable {
        let unitID: UnitID
        let variantID: VariantName

        enum CodingKeys: String, CodingKey {
            case unitID = "unit_id"
            case variantID = "variant_id"
        }
    }

    let experiment: ExperimentName
    let status: String
    let unit: String
    let phase: Int
    let algorithm: String
    let seed: Seed
    let settings: String?
    let coverage: Double
    let namespace: Namespace?
    /// What the phase in force holds out.
    let holdout: Holdout?
    let overrides: [Override]
    let startsAt: String?
    let endsAt: String?
    let createdAt: String
    let startedAt: String?
    let stoppedAt: String?
    let winner: VariantName?
    let variants: [Variant]
    let goals: [MetricName]
    let guardrails: [Guardrail]
    let plan: Plan?
    let segments: [AttributeName]
    let covariate: CovariateUse
    let identity: Identity
    let isStrict: Bool
    let hypothesis: Hypothesis?
    let owner: OwnerName?
    /// Logged exposures and outcomes; only in `show`, since counting reads the logs.
    let exposures: Int?
    let outcomes: Int?

    enum CodingKeys: String, CodingKey {
        case experiment, status, unit, phase, algorithm, seed, settings, coverage, namespace, holdout, overrides
        case startsAt = "starts_at"
        case endsAt = "ends_at"
        case createdAt = "created_at"
        case startedAt = "started_at"
        case stoppedAt = "stopped_at"
        case winner, variants, goals, guardrails, plan, segments, covariate, identity
        case isStrict = "strict_plan"
        case hypothesis, owner, exposures, outcomes
    }

    init(_ stored: StoredExperiment, counts: RecordCounts? = nil) {
        let definition = stored.experiment
        experiment = definition.id
        status = definition.status.rawValue
        let analysis = definition.analysis
        plan = analysis.plan.map {
            Plan(units: $0.units, minimumLift: $0.minimumLift, days: $0.days, plausibleLift: $0.plausibleLift)
        }
        identity = analysis.identity
        (segments, covariate, isStrict) = (analysis.segments, analysis.covariate, analysis.isStrict)
        (hypothesis, owner) = (analysis.hypothesis, analysis.owner)
        unit = definition.design.unit.rawValue
        phase = stored.phase
        algorithm = definition.design.algorithm.rawValue
        seed = stored.seed
        settings = definition.design.settings?.json
        coverage = definition.design.coverage
        namespace = definition.design.namespace.map { Namespace(name: $0.namespace, range: [$0.start, $0.end]) }
        holdout = stored.holdout.map { Holdout(name: $0.name, share: $0.share) }
        overrides = definition.design.overrides.map { Override(unitID: $0.unitID, variantID: $0.variantID) }
        startsAt = definition.schedule.startsAt.map(TimeText.utc)
        endsAt = definition.schedule.endsAt.map(TimeText.utc)
        createdAt = TimeText.utc(stored.createdAt)
        startedAt = stored.startedAt.map(TimeText.utc)
        stoppedAt = stored.stoppedAt.map(TimeText.utc)
        winner = definition.winner
        variants = definition.design.variants.map {
            Variant(variantID: $0.variantID, weight: $0.weight, isControl: $0.isControl)
        }
        goals = analysis.goals
        guardrails = analysis.guardrails.map { Guardrail(metric: $0.metric, margin: $0.margin) }
        exposures = counts?.exposures
        outcomes = counts?.outcomes
    }
}
