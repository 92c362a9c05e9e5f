import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

extension Aggregates {
    /// Aggregates of numbers that were made of a pass: without nights and without the history of the definitions.
    init(_ pass: LogPass, _ experiments: [RowNumber<ExperimentRow>: OfExperiment]) {
        self.init(
            through: pass.through, unattributed: AnalysisResults.UnattributedOutcomes(total: 0, noUnit: 0),
            now: pass.outcomes.now, clock: pass.scope.clock, latestExposure: pass.exposures.latestExposure,
            nights: .none,
            log: .none, experiments: experiments)
    }

    /// Makes of a pass what a report is made of.
    ///
    /// Where the pass has a share of the units, what it adds to the totals; only once these are there, the report's.
    init(_ pass: LogPass, _ connection: borrowing Connection) throws {
        let (reported, options) = (pass.scope.reported, pass.scope.options)
        var pass = pass
        pass.addUp()
        self.init(
            through: pass.through,
            unattributed: AnalysisResults.UnattributedOutcomes(
                total: pass.outcomes.unattributed, noUnit: pass.outcomes.ledger.unattributedWithoutUnit),
            now: pass.outcomes.now, clock: pass.scope.clock, latestExposure: pass.exposures.latestExposure,
            nights: try NightRows(connection, reported, options),
            log: try DefinitionLog(connection))
        let firstArrival = try FirstArrival(log, connection)
        for (place, experiment) in pass.exposures.experiments.enumerated() {
            let fold = pass.fold(place)
            let id = experiment.phase.experimentRow
            experiments[id] = fold.numbers
            experiments[id]?.firstArrivals = try firstArrival.before(
                experiment.firstArrivals, of: experiment.phase, connection)
            experiments[id]?.shape.placeholders = pass.placeholders(place)
            experiments[id]?.shape.dominances = fold.dominances
            let values = try PassAttributes(experiment, connection)
            func segments(
                _ attribute: PassSegments.Attribute, of metrics: (MetricName) -> Bool = { _ in true }
            ) -> [SegmentRows] {
                PassSegments(attribute, values, place, pass.rosters[place], pass.totals)?.rows(fold, of: metrics) ?? []
            }
            let goals = Set(experiment.phase.goals)
            experiments[id]?.declared = experiment.attributes.prefix(experiment.phase.segments.count).map {
                DeclaredRows(attribute: $0.name, segments: segments($0, of: goals.contains))
            }
            if options.segmentAttribute != nil, let asked = experiment.attributes.last {
                experiments[id]?.segments = segments(asked)
            }
        }
    }
}
