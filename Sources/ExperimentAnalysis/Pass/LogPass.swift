import ExperimentDatabase
import Experimentation

/// Both logs, each read once: what was exposed, what became of every outcome, and what units did; all units or a share.
struct LogPass {
    let scope: PassScope
    let totals: PassTotals
    let through: AnalysisResults.Through
    private(set) var exposures: ExposurePass
    private(set) var outcomes: OutcomePass
    /// Nil where every experiment's identity is strict.
    let links: PassLinks?
    let metrics: PassMetrics
    /// Of the experiments, in the order of the pass.
    let rosters: [PassRoster]

    /// Reads the logs; with another connection at the same moment, on two threads.
    init(
        _ connection: borrowing Connection, _ other: ReadingConnection?, _ scope: PassScope,
        _ totals: PassTotals = PassTotals(), telling tell: (AnalysisStep) -> Void = { _ in }
    ) throws {
        self.scope = scope
        self.totals = totals
        through = try LogEnd.read(connection)
        tell(.exposures)
        metrics = try PassMetrics(connection)
        let keepsTimes = metrics.needsExposureTimes || scope.options.isDealingAnew
        exposures = try ExposurePass(connection, scope, keepingTimes: keepsTimes)
        exposures.findStartDays(totals)
        links = try PassLinks(connection, exposures, scope)
        tell(.outcomes)
        outcomes = try OutcomePass(
            connection, other, through: Int64(through.outcome), exposures, links, metrics, scope)
        tell(.aggregates)
        rosters = PassRoster.all(
            exposures, parts: outcomes.cells.count, scope.options, keepingTimes: keepsTimes)
        for (place, roster) in rosters.enumerated() { outcomes.leaveOutImmature(place, roster, metrics) }
    }

    /// Takes the ledger and the times of all passes for those of this one, once they are known.
    mutating func addUp() { outcomes.addUp(totals) }

    /// Adds up what depends on exposures alone, and on what all else depends: start days and the largest segments.
    static func lookAtExposures(_ connection: borrowing Connection, _ scope: PassScope, _ totals: PassTotals) throws {
        var exposures = try ExposurePass(connection, scope)
        exposures.findStartDays(totals)
        let rosters = PassRoster.all(exposures, parts: 1, scope.options, keepingTimes: false)
        for (place, experiment) in exposures.experiments.enumerated() {
            let values = try PassAttributes(experiment, connection)
            for attribute in experiment.attributes {
                _ = PassSegments(attribute, values, place, rosters[place], totals)
            }
        }
    }

    /// What was found of an experiment, by its place.
    ///
    /// In another roster where its units are dealt anew, with their values kept from one roster to the next.
    func fold(_ place: Int, _ roster: PassRoster? = nil, _ values: ValueCache? = nil) -> ExperimentFold {
        ExperimentFold(self, place, roster ?? rosters[place], values)
    }

    /// Where a link of an id leads the outcomes of an experiment whose own id has no exposure.
    func lead(of other: UnitID, _ place: Int) -> LinkLead {
        guard let links else { return .nowhere }
        var keys = UnitKeys(seed: scope.seed, capacity: 256)
        let key = other.text.withBytes { keys.add(UnsafeRawBufferPointer($0)) }
        return links.lead(key, place, exposures.experiments[place].phase.unit, keys)
    }

    /// The other ids whose outcomes come to a unit of an experiment by a link, or would come if no other unit had one, too.
    func ids(
        linkedWith id: UnitID, _ place: Int, _ options: AnalysisOptions, _ connection: borrowing Connection
    ) throws -> [UnitID] {
        guard let links, let unit = unit(id, place), unit.isExposed else { return [] }
        let kind = exposures.experiments[place].phase.unit
        return try links.otherIDs(of: id, kind, options, connection).filter { other in
            switch lead(of: other, place) {
            case .nowhere: false
            case .severalUnits: true
            case .unit(let linked): linked == unit.place
            }
        }
    }

    /// A unit of an experiment by its id; nil for one that has no exposure in the phase, or is of another pass.
    func unit(_ id: UnitID, _ place: Int) -> PassUnits.Unit? {
        var keys = UnitKeys(seed: scope.seed, capacity: 256)
        let key = id.text.withBytes { keys.add(UnsafeRawBufferPointer($0)) }
        let table = exposures.table(exposures.experiments[place].phase.unit).lookup
        let unit = table.unit(of: Int32(place), from: table.first(key, keys))
        return unit == 0 || !table.units[Int(unit) - 1].isHere ? nil : table.units[Int(unit) - 1]
    }
}

/// How far the logs go.
enum LogEnd {
    private static let last = """
        SELECT (SELECT max(exposure_id) FROM main.exposure_log), (SELECT max(outcome_id) FROM main.outcome_log),
            EXISTS (SELECT 1 FROM main.source)
        """

    static func read(_ connection: borrowing Connection) throws -> AnalysisResults.Through {
        try connection.value(last) {
            AnalysisResults.Through(place: $0.int(2) == 1 ? .merge : .file, exposure: $0.int(0), outcome: $0.int(1))
        } ?? AnalysisResults.Through(place: .file, exposure: 0, outcome: 0)
    }
}
