/// Something that every ``Experimentation/ExperimentPlugin`` promises, and how to find out.
///
/// A promise prints as its sentence, and is equal to another when the sentences are, so that a list of promises can be the
/// arguments of a parameterised test.
public struct Promise: Sendable, Hashable, CustomStringConvertible {
    /// The promise in a sentence.
    public let description: String
    /// The features of designs that a backend must follow for the promise; none for what every backend promises.
    public let needs: Set<DesignFeature>
    let setting: @Sendable () throws -> Setting
    let check: @Sendable (PromiseRun) async throws -> Void

    init(
        _ description: String, needs: Set<DesignFeature> = [],
        in setting: @escaping @Sendable () throws -> Setting = { try Setting.plain() },
        _ check: @escaping @Sendable (PromiseRun) async throws -> Void
    ) {
        self.description = description
        self.needs = needs
        self.setting = setting
        self.check = check
    }

    /// Whether two promises are the same.
    public static func == (left: Promise, right: Promise) -> Bool { left.description == right.description }

    /// Hashes the sentence.
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }

    /// Every promise; those whose names begin with `stores` or `loses` need a backend that tells what it stores, and
    /// those with ``needs`` one that claims to follow such designs.
    public static let all: [Promise] = [
        hasName, answersDeclaredVariant, isPure, usesDefaultHash, splitsByWeight, neverAssignsZeroWeight,
        enrollsNobodyWithoutUnit, countsUsers, countsSessions, enrollsOnlyWhileRunning,
        comparesUnitsAsBytes, comparesNamesAsBytes, refusesUnknownExperiments,
        acceptsOddButLegal, acceptsEveryEnrollment, refusesBadInput, refusesTwoSessions, protectsNeighbours,
        servesManyTasks, leavesThreadsFree,
        storesNoAssignment, storesBeforeReturning, storesOddButLegal, storesEveryEnrollment, storesRepeats,
        storesRecordIDOnce, storesNothingBad, losesNoRecord,
        enrollsCoveredOnly, raisesCoverage, separatesNamespaces, holdsOut, usesDefaultDesignHash,
        followsSchedule, answersTesters, answersTestersOutside, givesTestersWinner, givesOutsidersWinner,
    ]
}

/// A part of an experiment's design; a backend that cannot follow the part has the promises about it left unchecked.
public enum DesignFeature: String, Sendable, Hashable, CaseIterable {
    /// A share of the units takes part: ``Experimentation/Experiment/Design/coverage``.
    case coverage
    /// Experiments of one namespace exclude each other: ``Experimentation/Experiment/Design/namespace``.
    case namespace
    /// Units that take part nowhere: ``Experimentation/Holdout``.
    case holdout
    /// Testers: ``Experimentation/Experiment/Design/overrides``.
    case overrides
    /// A start and an end: ``Experimentation/Experiment/Schedule/startsAt`` and ``Experimentation/Experiment/Schedule/endsAt``.
    case schedule
}

extension Set<DesignFeature> {
    /// Every feature of a design.
    public static let all = Set(DesignFeature.allCases)
}
