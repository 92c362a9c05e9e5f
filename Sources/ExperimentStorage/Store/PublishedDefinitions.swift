import ExperimentDefinitions
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The definitions that `assign` was given last: their version, and what a schedule does to them next.
struct PublishedDefinitions {
    let version: DefinitionVersion
    /// Time at which a schedule next changes what `assign` answers, in µs since 1970 UTC; nil for no schedule.
    let nextChange: Int64?
    /// Whether a schedule has brought about what the file does not say yet.
    let hasUnwrittenSchedule: Bool

    init(_ definitions: DefinitionSnapshot, at now: Int64) {
        version = definitions.version
        nextChange = definitions.nextChange(after: now)
        hasUnwrittenSchedule = definitions.hasUnwrittenSchedule(at: now)
    }

    /// Whether the moment of the next change has come.
    var isChangeDue: Bool { nextChange.map { $0 <= Date.now.microsecondsSince1970 } ?? false }
}
