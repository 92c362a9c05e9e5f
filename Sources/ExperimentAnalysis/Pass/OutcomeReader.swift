import ExperimentDatabase
import Experimentation

/// One thread's part of the pass over the outcomes: steps rows, finds their units, and says what each unit is told.
///
/// A block of rows at a time. Rows are worked through in groups, first all ids, then all slots of the table, then all units:
/// so the processor waits for many places of memory at once.
final class OutcomeReader {
    /// What a unit is told of one of its outcomes.
    struct Message {
        /// The unit's place among the experiment's.
        let place: UInt32
        let experiment: Int32
        /// The place of the list of measures that take the outcome, among the reader's ``takers``.
        let measures: Int32
        let fate: PassFate
        /// The bits of a double, or of a whole number.
        let value: UInt64
        /// In µs.
        let time: Int64
        /// Since the unit's first exposure, in µs.
        let elapsed: Int64
    }

    /// A row whose unit is still looked for.
    private struct Pending {
        /// Negative for none.
        let experiment: Int32
        let metric: Int32
        let measures: Int32
        let value: UInt64
        let time: Int64
        let user: UnitKeys.Key
        let session: UnitKeys.Key
        /// The first unit of the id, or of another of the same hash.
        var userCandidate: UInt32 = 0
        var sessionCandidate: UInt32 = 0
    }

    /// ?1 and ?2: the first and the last row; ?3: rows from this time on don't exist.
    static let rows = """
        SELECT experiment_id, metric_id, value, timestamp_us, user_id, session_id, attributes
        FROM main.outcome_log WHERE outcome_id BETWEEN ?1 AND ?2 AND timestamp_us < ?3
        """
    /// Rows whose units are looked for together.
    private static let group = 128

    private let rows: Statement
    private let exposures: ExposurePass
    private let links: PassLinks?
    private let metrics: PassMetrics
    private let experimentPlaces: NumberIndex
    private let units: [ExperimentUnit]
    /// Which experiments go by links.
    private let isLoose: [Bool]
    private let excludesCrossovers: Bool
    private let end: Int64
    /// Units with places of the same remainder are of the same cells.
    private let cellMask: UInt32
    private var keys: UnitKeys
    private(set) var takers: OutcomeTakers
    private var pending: [Pending] = []
    /// The latest time that is not later than the clock, in µs; 0 without any.
    private(set) var latest: Int64 = 0
    private let clock: Int64
    private(set) var times: PassTimes
    private(set) var ledger: PassLedger
    /// By the cells that they are for.
    private(set) var messages: [[Message]]
    /// How many rows the last block had.
    private(set) var rowCount = 0
    private(set) var failure: (any Error)?

    init(
        _ rows: consuming Statement, _ exposures: ExposurePass, _ links: PassLinks?, _ metrics: PassMetrics, _ options: AnalysisOptions,
        cells: Int, clock: Int64, seed: UInt64
    ) {
        self.rows = rows
        self.exposures = exposures
        self.links = links
        self.metrics = metrics
        experimentPlaces = NumberIndex(exposures.experiments.map(\.phase.experimentRow.value))
        units = exposures.experiments.map(\.phase.unit)
        isLoose = exposures.experiments.map { $0.phase.identity != .strict }
        excludesCrossovers = options.crossovers == .exclude
        end = options.asOfMicroseconds ?? .max
        cellMask = UInt32(cells - 1)
        keys = UnitKeys(seed: seed)
        takers = OutcomeTakers(metrics)
        self.clock = clock
        times = PassTimes(exposures.experiments, metrics, options.calendar)
        ledger = PassLedger(exposures.experiments)
        messages = Array(repeating: [], count: cells)
        pending.reserveCapacity(Self.group)
    }

    /// Reads the rows of some numbers; what went wrong is in ``failure``.
    func read(_ numbers: ClosedRange<Int64>) {
        for cells in messages.indices { messages[cells].removeAll(keepingCapacity: true) }
        rowCount = 0
        do {
            try rows.bind(numbers.lowerBound, at: 1)
            try rows.bind(numbers.upperBound, at: 2)
            try rows.bind(end, at: 3)
            while try rows.step() {
                rowCount += 1
                take()
                if pending.count == Self.group { attribute() }
            }
            attribute()
        } catch {
            failure = error
        }
    }

    /// Nothing is to be told.
    func rest() {
        for cells in messages.indices { messages[cells].removeAll(keepingCapacity: true) }
        rowCount = 0
    }

    /// Takes over the row at which the statement is.
    private func take() {
        let time = rows.int64(3)
        if time > latest, time <= clock { latest = time }
        var experiment: Int32 = -1
        if let number = rows.optionalInt64(0) {
            experiment = experimentPlaces[number]
            guard experiment >= 0 else { return }
        }
        let metric = metrics.places[rows.int64(1)]
        guard metric >= 0 else { return }
        let value =
            metrics.recorded[Int(metric)].isWhole ? UInt64(bitPattern: rows.int64(2)) : rows.double(2).bitPattern
        // Where only one id can lead to the unit, the other is not looked up.
        let unit = experiment >= 0 && !isLoose[Int(experiment)] ? units[Int(experiment)] : nil
        pending.append(
            Pending(
                experiment: experiment, metric: metric, measures: takers.place(metric, attributes: rows.bytes(6)),
                value: value, time: time,
                user: unit == .session ? UnitKeys.Key() : keys.add(rows.bytes(4)),
                session: unit == .user ? UnitKeys.Key() : keys.add(rows.bytes(5))))
    }

    /// Finds the units of the rows that are pending.
    private func attribute() {
        let (users, sessions) = (exposures.users, exposures.sessions)
        for index in pending.indices {
            if !pending[index].user.isAbsent { pending[index].userCandidate = users.candidate(pending[index].user) }
            if !pending[index].session.isAbsent {
                pending[index].sessionCandidate = sessions.candidate(pending[index].session)
            }
        }
        for row in pending {
            let user = row.user.isAbsent ? 0 : users.first(row.user, row.userCandidate, keys)
            let session = row.session.isAbsent ? 0 : sessions.first(row.session, row.sessionCandidate, keys)
            if row.experiment >= 0 {
                if let links, isLoose[Int(row.experiment)] {
                    attribute(row, links, users, user, sessions, session)
                } else {
                    attribute(row, users, user, sessions, session)
                }
            } else {
                var isFound = spread(row, users, user)
                if spread(row, sessions, session) { isFound = true }
                if let links {
                    if spread(row, links, .user, users, user) { isFound = true }
                    if spread(row, links, .session, sessions, session) { isFound = true }
                }
                if !isFound {
                    ledger.addUnattributed(hasUnit: !row.user.isAbsent || !row.session.isAbsent)
                }
            }
        }
        pending.removeAll(keepingCapacity: true)
        keys.removeAll()
    }

    /// An outcome that names its experiment.
    @inline(__always)
    private func attribute(
        _ row: Pending, _ users: PassUnits, _ user: UInt32, _ sessions: PassUnits, _ session: UInt32
    ) {
        guard !row.user.isAbsent || !row.session.isAbsent else { return ledger.add(row.experiment, .noUnit) }
        let (table, first) = row.user.isAbsent ? (sessions, session) : (users, user)
        let unit = table.unit(of: row.experiment, from: first)
        guard unit != 0, table.units[Int(unit) - 1].enrollment != PassUnits.Unit.unseen else {
            return ledger.add(row.experiment, .neverExposed)
        }
        tell(table.units[Int(unit) - 1], of: row)
    }

    /// An outcome without an experiment belongs to each in which its unit is exposed.
    /// - Returns: Whether it is, reported or not.
    @inline(__always)
    private func spread(_ row: Pending, _ table: PassUnits, _ first: UInt32) -> Bool {
        var (unit, isExposed) = (first, false)
        while unit != 0 {
            let found = table.units[Int(unit) - 1]
            unit = found.next
            guard found.isExposed else { continue }
            isExposed = true
            if found.experiment >= 0 { tell(found, of: row) }
        }
        return isExposed
    }

    /// An outcome that names an experiment which goes by links: where its own id has no exposure, a link of its other id
    /// leads to its unit.
    private func attribute(
        _ row: Pending, _ links: PassLinks, _ users: PassUnits, _ user: UInt32, _ sessions: PassUnits, _ session: UInt32
    ) {
        let kind = units[Int(row.experiment)]
        let (table, first) = kind == .user ? (users, user) : (sessions, session)
        let (own, other) = kind == .user ? (row.user, row.session) : (row.session, row.user)
        let unit = table.unit(of: row.experiment, from: first)
        if unit != 0, table.units[Int(unit) - 1].enrollment != PassUnits.Unit.unseen {
            return tell(table.units[Int(unit) - 1], of: row)
        }
        let linked = links.table(kind).unit(of: row.experiment, from: links.first(kind, other, keys))
        guard linked != 0 else { return ledger.add(row.experiment, own.isAbsent ? .noUnit : .neverExposed) }
        tell(linked: links.table(kind).units[Int(linked) - 1], of: row)
    }

    /// An outcome without an experiment belongs to each that goes by links, too, in which a link of its other id leads to a
    /// unit and its own id has no exposure.
    /// - Returns: Whether there is one, reported or not.
    private func spread(
        _ row: Pending, _ links: PassLinks, _ kind: ExperimentUnit, _ own: PassUnits, _ first: UInt32
    ) -> Bool {
        let table = links.table(kind)
        var (next, isFound) = (links.first(kind, kind == .user ? row.session : row.user, keys), false)
        while next != 0 {
            let linked = table.units[Int(next) - 1]
            next = linked.next
            if linked.experiment >= 0 {
                let unit = own.unit(of: linked.experiment, from: first)
                if unit != 0, own.units[Int(unit) - 1].enrollment != PassUnits.Unit.unseen { continue }
                tell(linked: linked, of: row)
            }
            isFound = true
        }
        return isFound
    }

    /// Tells a unit of an outcome that a link led to it.
    private func tell(linked unit: PassUnits.Unit, of row: Pending) {
        guard unit.enrollment != PassUnits.Unit.ambiguous else {
            return ledger.add(unit.experiment, .ambiguousIdentity)
        }
        tell(unit, of: row)
    }

    /// Tells a unit of an outcome.
    @inline(__always)
    private func tell(_ unit: PassUnits.Unit, of row: Pending) {
        guard unit.isExposed else {
            return ledger.add(unit.experiment, PassFate(enrollment: unit.enrollment) ?? .neverExposed)
        }
        let elapsed = row.time - unit.exposedAt
        let fate: PassFate =
            if unit.isCrossover, excludesCrossovers {
                .crossover
            } else if elapsed < 0 {
                row.time >= exposures.otherPhase(unit.experiment, unit.place) ? .betweenPhases : .beforeExposure
            } else {
                PassFate(elapsed: elapsed, metrics.periods[metrics.recorded[Int(row.metric)].own])
            }
        ledger.add(unit.experiment, variant: unit.variant, fate)
        if times.isWatching, fate != .crossover, fate != .betweenPhases {
            times.add(unit, takers.lists[Int(row.measures)], row.time, elapsed)
        }
        messages[Int(unit.place & cellMask)].append(
            Message(
                place: unit.place, experiment: unit.experiment, measures: row.measures, fate: fate, value: row.value,
                time: row.time, elapsed: elapsed))
    }
}
