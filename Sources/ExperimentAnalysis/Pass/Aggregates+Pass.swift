import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

extension Aggregates {
    /// Makes of a pass what a report is made of.
    init(
        _ pass: LogPass, _ reported: [ReportedPhase], _ options: AnalysisOptions, _ connection: borrowing Connection
    ) throws {
        self.init(
            through: pass.through,
            unattributed: AnalysisResults.UnattributedOutcomes(
                total: pass.outcomes.ledger.unattributed, noUnit: pass.outcomes.ledger.unattributedWithoutUnit),
            now: pass.outcomes.now, nights: try NightRows(connection, reported, options),
            log: try DefinitionLog(connection))
        for (place, experiment) in pass.exposures.experiments.enumerated() {
            let fold = pass.fold(place)
            let id = experiment.phase.experimentRow
            experiments[id] = fold.numbers
            let values = try PassAttributes(
                Set(experiment.attributes.map(\.name)), firstExposures: experiment.firstExposures, connection)
            func segments(_ attribute: PassSegments.Attribute) -> PassSegments {
                PassSegments(attribute, values, place, pass.rosters[place], pass.outcomes.cells)
            }
            let goals = Set(experiment.phase.goals)
            experiments[id]?.declared = experiment.attributes.prefix(experiment.phase.segments.count).map {
                DeclaredRows(attribute: $0.name, segments: segments($0).rows(fold, of: goals.contains))
            }
            if options.segmentAttribute != nil, let asked = experiment.attributes.last {
                experiments[id]?.segments = segments(asked).rows(fold)
            }
        }
    }
}
