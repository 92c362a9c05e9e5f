/// Something that every ``Experimentation/ExperimentPlugin`` promises, and how to find out.
///
/// It prints as its sentence, and is equal to another when the sentences are, so that a list of promises can be the
/// arguments of a parameterised test.
public struct Promise: Sendable, Hashable, CustomStringConvertible {
    /// The promise in a sentence.
    public let description: String
    let check: @Sendable (Trial) async throws -> Void

    init(_ description: String, _ check: @escaping @Sendable (Trial) async throws -> Void) {
        self.description = description
        self.check = check
    }

    /// Whether two promises are the same.
    public static func == (left: Promise, right: Promise) -> Bool { left.description == right.description }

    /// Hashes the sentence.
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }

    /// Every promise; those whose names begin with `stores` or `loses` need a backend that tells what it stores.
    public static let all: [Promise] = [
        hasName, answersDeclaredVariant, isPure, usesDefaultHash, splitsByWeight, neverAssignsZeroWeight,
        enrollsNobodyWithoutUnit, countsSessions, enrollsOnlyWhileRunning,
        comparesUnitsAsBytes, comparesNamesAsBytes, refusesUnknownExperiments,
        acceptsOddButLegal, refusesBadInput, refusesTwoSessions, protectsNeighbours,
        servesManyTasks, leavesThreadsFree,
        storesNoAssignment, storesBeforeReturning, storesOddButLegal, storesRepeats, storesRecordIDOnce,
        storesNothingBad, losesNoRecord,
    ]
}
