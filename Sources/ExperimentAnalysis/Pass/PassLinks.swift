import ExperimentDatabase
import Experimentation

/// Place to which a link leads an outcome of an experiment.
enum LinkLead: Equatable {
    /// The outcome's id is linked with no unit that was exposed, or the experiment goes by no links.
    case nowhere
    /// The outcome's id is linked with several units, and the experiment wants no choice.
    case severalUnits
    /// The unit of a place among the experiment's.
    case unit(place: UInt32)
}

/// The units that links lead to, by the other id than their own, in experiments whose identity is not strict.
///
/// A unit stands here under each id that it is linked with, as the pass over the exposures knows it: of several units of an
/// experiment that of the oldest link, or an ambiguous one where the experiment wants no choice.
struct PassLinks {
    /// Pairs of ids on a row of any log, the oldest first.
    ///
    /// By time, then exposures before outcomes before links, then arrival. ?1: rows from this time on don't exist.
    private static let pairs = """
        SELECT session_id, user_id FROM (
            SELECT session_id, user_id, timestamp_us, 0 AS log, exposure_id AS row FROM main.exposure_log
            UNION ALL SELECT session_id, user_id, timestamp_us, 1, outcome_id FROM main.outcome_log
            UNION ALL SELECT session_id, user_id, timestamp_us, 2, link_id FROM main.link_log
        )
        WHERE session_id IS NOT NULL AND user_id IS NOT NULL AND timestamp_us < ?1
        GROUP BY session_id, user_id ORDER BY min(printf('%018d%d%019d', timestamp_us, log, row))
        """

    /// Users that are units, by the sessions they are linked with.
    private let users = PassUnits()
    /// Sessions that are units, by the users they are linked with.
    private let sessions = PassUnits()
    /// Identities of the experiments: how each goes by links.
    private let identities: [Identity]
    /// Whether each unit of an experiment is linked with any id; empty where the identity is strict.
    private var linked: [[Bool]]

    /// Reads the pairs by one pass over each log; nil where every experiment is strict, which costs nothing.
    init?(
        _ connection: borrowing Connection, _ exposures: ExposurePass, _ scope: PassScope
    ) throws {
        guard exposures.hasLooseExperiments else { return nil }
        identities = exposures.experiments.map(\.phase.identity)
        linked = exposures.experiments.map {
            $0.phase.identity == .strict ? [] : Array(repeating: false, count: $0.units)
        }
        var keys = UnitKeys(seed: scope.seed, capacity: 512)
        let rows = try connection.query(Self.pairs, scope.options.asOfMicroseconds ?? .max)
        while try rows.step() {
            keys.removeAll()
            let session = keys.add(rows.bytes(0))
            let user = keys.add(rows.bytes(1))
            link(user, exposures.users, with: session, in: users, keys)
            link(session, exposures.sessions, with: user, in: sessions, keys)
        }
    }

    /// Enters the units of an id under another id.
    private mutating func link(
        _ id: UnitKeys.Key, _ table: PassUnits, with other: UnitKeys.Key, in links: PassUnits,
        _ keys: borrowing UnitKeys
    ) {
        let lookup = table.lookup
        var next = lookup.first(id, keys)
        while next != 0 {
            let unit = table.units[Int(next) - 1]
            next = unit.next
            guard unit.isExposed, isLoose(unit.experiment) else { continue }
            let (index, isNew) = links.add(other, keys, experiment: unit.experiment, place: unit.place)
            if isNew {
                links.units[index].exposedAt = unit.exposedAt
                links.units[index].variant = unit.variant
                links.units[index].isCrossover = unit.isCrossover
                links.units[index].enrollment = unit.enrollment
            }
            guard unit.experiment >= 0 else { continue }
            if !isNew, identities[Int(unit.experiment)] == .unambiguous {
                links.units[index].enrollment = PassUnits.Unit.ambiguous
            }
            if unit.isHere { linked[Int(unit.experiment)][Int(unit.place)] = true }
        }
    }

    /// Whether an experiment goes by links.
    @inline(__always)
    func isLoose(_ experiment: Int32) -> Bool {
        experiment >= 0 ? identities[Int(experiment)] != .strict : experiment < PassUnits.Unit.elsewhere
    }

    /// The units of a kind by the other id.
    func table(_ unit: ExperimentUnit) -> PassUnits { unit == .user ? users : sessions }

    /// The first unit of a kind that another id leads to, counted from 1; 0 for none.
    @inline(__always)
    func first(_ unit: ExperimentUnit, _ other: UnitKeys.Key, _ keys: borrowing UnitKeys) -> UInt32 {
        guard !other.isAbsent else { return 0 }
        let table = table(unit).lookup
        return table.first(other, keys)
    }

    /// The ids that an id of a unit stands beside on any row.
    func otherIDs(
        of id: UnitID, _ unit: ExperimentUnit, _ options: AnalysisOptions, _ connection: borrowing Connection
    ) throws -> [UnitID] {
        var ids: [UnitID] = []
        let rows = try connection.query(Self.pairs, options.asOfMicroseconds ?? .max)
        while try rows.step() {
            let (session, user): (UnitID, UnitID) = (rows.name(0), rows.name(1))
            if unit == .user, user == id { ids.append(session) }
            if unit == .session, session == id { ids.append(user) }
        }
        return ids
    }

    /// Place to which an id leads the outcomes of a reported experiment whose own id has no exposure.
    func lead(
        _ other: UnitKeys.Key, _ experiment: Int, _ kind: ExperimentUnit, _ keys: borrowing UnitKeys
    ) -> LinkLead {
        let table = table(kind).lookup
        let unit = table.unit(of: Int32(experiment), from: first(kind, other, keys))
        guard unit != 0 else { return .nowhere }
        let linked = table.units[Int(unit) - 1]
        return linked.enrollment == PassUnits.Unit.ambiguous ? .severalUnits : .unit(place: linked.place)
    }

    /// Whether a unit of an experiment is linked with any id.
    func isLinked(_ experiment: Int, _ place: Int) -> Bool { linked[experiment][place] }
}
