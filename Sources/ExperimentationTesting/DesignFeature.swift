/// What of an experiment's design a backend can follow; one that cannot has the promises about it left unchecked.
public enum DesignFeature: String, Sendable, Hashable, CaseIterable {
    /// A share of the units takes part: ``Experimentation/Experiment/coverage``.
    case coverage
    /// Experiments of one namespace exclude each other: ``Experimentation/Experiment/namespace``.
    case namespace
    /// Units that take part nowhere: ``Experimentation/Holdout``.
    case holdout
    /// Testers: ``Experimentation/Experiment/overrides``.
    case overrides
    /// A start and an end: ``Experimentation/Experiment/startsAt`` and ``Experimentation/Experiment/endsAt``.
    case schedule
}

extension Set<DesignFeature> {
    /// Every feature of a design.
    public static let all = Set(DesignFeature.allCases)
}
