import Experimentation
import FoundationEssentials

/// What most experiments do not have.
struct RareParts {
    /// What a phase has beside its coverage.
    struct Design {
        var settings: String?
        var namespace: NamespaceClaim?
        var holdout: Holdout?
    }

    var design = Design()
    var coverage = 1.0
    var startsAt: Date?
    var endsAt: Date?
    var plan: ExperimentPlan?
}
