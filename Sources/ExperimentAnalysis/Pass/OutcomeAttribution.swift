import ExperimentDatabase
import Experimentation

/// The rows of one thread on their way: finds their units, and says what each unit is told.
///
/// Rows are worked through in groups, first all ids, then all slots of the table, then all units: so the processor waits for
/// many places of memory at once. A value, so that each row changes it without a look at who else has it.
struct OutcomeAttribution: ~Copyable {
    /// Rows whose units are looked for together.
    private static let group = 128

    private let exposures: ExposurePass
    private let links: PassLinks?
    private let metrics: PassMetrics
    private let experimentPlaces: NumberIndex
    private let units: [ExperimentUnit]
    /// The recorded metrics: whether values are whole numbers, and when an outcome counts.
    private let isWhole: [Bool]
    private let periods: [PassMetrics.Period]
    /// The experiments that go by links.
    private let isLoose: [Bool]
    private let excludesCrossovers: Bool
    private let share: UnitShare
    /// The units whose ids the tables have.
    private let known: UnitShare
    /// Units with places of the same remainder are of the same cells.
    private let cellMask: UInt32
    private let cellShift: Int
    private var keys: UnitKeys
    private(set) var takers: OutcomeTakers
    private let strangers: StrangerWatch
    private var pending: [PendingOutcome] = []
    /// The latest time that is not later than the clock, in µs; 0 without any.
    private(set) var latest: Int64 = 0
    private let clock: Int64
    private(set) var times: PassTimes
    private(set) var ledger: PassLedger
    /// The attributed outcomes among those without an experiment that have both ids, each of another pass perhaps.
    private(set) var marks = RowMarks()
    /// By the experiment and the cells that they are for.
    private var messages: [[OutcomeMessage]]

    init(
        _ exposures: ExposurePass, _ links: PassLinks?, _ metrics: PassMetrics, _ scope: PassScope, cells: Int
    ) {
        let options = scope.options
        share = scope.share
        known = scope.known
        self.exposures = exposures
        self.links = links
        self.metrics = metrics
        experimentPlaces = NumberIndex(exposures.experiments.map(\.phase.experimentRow.value))
        units = exposures.experiments.map(\.phase.unit)
        isWhole = metrics.recorded.map(\.isWhole)
        periods = metrics.recorded.map { metrics.periods[$0.own] }
        isLoose = exposures.experiments.map { $0.phase.identity != .strict }
        excludesCrossovers = options.crossovers == .exclude
        cellMask = UInt32(cells - 1)
        cellShift = cells.trailingZeroBitCount
        keys = UnitKeys(seed: scope.seed)
        takers = OutcomeTakers(metrics)
        strangers = StrangerWatch(exposures, metrics, scope)
        clock = scope.clock
        times = PassTimes(exposures.experiments, metrics, options.calendar)
        ledger = PassLedger(exposures.experiments)
        messages = Array(repeating: [], count: cells * exposures.experiments.count)
        pending.reserveCapacity(Self.group)
    }

    /// Takes over all rows of a statement.
    /// - Returns: How many there were.
    mutating func take(_ rows: borrowing Statement) throws -> Int {
        var count = 0
        while try rows.step() {
            count += 1
            takeRow(rows)
            if pending.count == Self.group { attribute() }
        }
        attribute()
        return count
    }

    /// The messages of an experiment to some cells.
    func messages(of experiment: Int, to cells: Int) -> [OutcomeMessage] { messages[experiment << cellShift | cells] }

    /// Forgets what units were told.
    mutating func forgetMessages() {
        for list in messages.indices { messages[list].removeAll(keepingCapacity: true) }
    }

    /// Takes over the row at which the statement is.
    @inline(__always)
    private mutating func takeRow(_ rows: borrowing Statement) {
        let time = rows.int64(3)
        if time > latest, time <= clock { latest = time }
        var experiment: Int32 = -1
        if let number = rows.optionalInt64(0) {
            experiment = experimentPlaces[number]
            guard experiment >= 0 else { return }
        }
        let metric = metrics.places[rows.int64(1)]
        guard metric >= 0 else { return }
        let value = isWhole[Int(metric)] ? UInt64(bitPattern: rows.int64(2)) : rows.double(2).bitPattern
        // Where only one id can lead to the unit, the other is not looked up.
        let unit = experiment >= 0 && !isLoose[Int(experiment)] ? units[Int(experiment)] : nil
        let user = unit == .session ? UnitKeys.Key() : keys.add(rows.bytes(4))
        let session = unit == .user ? UnitKeys.Key() : keys.add(rows.bytes(5))
        // Most rows of other passes end here.
        if unit != nil, !share.counts(user.isAbsent ? session : user) { return }
        pending.append(
            PendingOutcome(
                experiment: experiment, metric: metric, measures: takers.place(metric, attributes: rows.bytes(6)),
                hasRecordID: !rows.isNull(7), value: value, time: time, user: user, session: session))
    }

    /// Finds the units of the rows that are pending.
    private mutating func attribute() {
        let (users, sessions) = (exposures.users.lookup, exposures.sessions.lookup)
        // Once a group: both threads count the references of the tables in it.
        let links = links
        pending.withUnsafeMutableBufferPointer { PendingOutcome.findFirstUnits($0, users, sessions, keys, known) }
        for index in pending.indices {
            let row = pending[index]
            let (user, session) = (row.firstUser, row.firstSession)
            if row.experiment >= 0 {
                if isLoose[Int(row.experiment)], let links {
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
                count(row, isAttributed: isFound)
                if user == 0 && !row.user.isAbsent || session == 0 && !row.session.isAbsent {
                    strangers.takeUnnamed(row, keys, &ledger.strangers)
                }
            }
        }
        pending.removeAll(keepingCapacity: true)
        keys.removeAll()
    }

    /// Counts an outcome without an experiment, which mostly has one.
    ///
    /// An outcome that has both ids may have a unit in this pass and another unit in a later pass: whether such an outcome is
    /// attributed is known once all passes are over.
    @inline(__always)
    private mutating func count(_ row: PendingOutcome, isAttributed: Bool) {
        let hasBoth = !row.user.isAbsent && !row.session.isAbsent
        if hasBoth, !known.isAll { return marks.append(isAttributed) }
        guard !isAttributed, known.isAll ? share.isFirst : share.counts(row.user.isAbsent ? row.session : row.user)
        else { return }
        ledger.addUnattributed(hasUnit: !row.user.isAbsent || !row.session.isAbsent)
    }

    /// An outcome that names its experiment.
    @inline(__always)
    private mutating func attribute(
        _ row: PendingOutcome, _ users: PassUnits.Lookup, _ user: UInt32, _ sessions: PassUnits.Lookup,
        _ session: UInt32
    ) {
        guard !row.user.isAbsent || !row.session.isAbsent else { return ledger.add(row.experiment, .noUnit) }
        let (table, first) = row.user.isAbsent ? (sessions, session) : (users, user)
        let unit = table.unit(of: row.experiment, from: first)
        guard unit != 0, table.units[Int(unit) - 1].enrollment != PassUnits.Unit.unseen else {
            // A unit that was seen in another phase, whose hash is another, may well be among them.
            strangers.take(row, keys, &ledger.strangers)
            return ledger.add(row.experiment, .neverExposed)
        }
        tell(table.units[Int(unit) - 1], of: row)
    }

    /// An outcome without an experiment belongs to each in which its unit is exposed.
    /// - Returns: Whether it is, reported or not.
    @inline(__always)
    private mutating func spread(_ row: PendingOutcome, _ table: PassUnits.Lookup, _ first: UInt32) -> Bool {
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
    private mutating func attribute(
        _ row: PendingOutcome, _ links: PassLinks, _ users: PassUnits.Lookup, _ user: UInt32,
        _ sessions: PassUnits.Lookup,
        _ session: UInt32
    ) {
        let kind = units[Int(row.experiment)]
        let (table, first) = kind == .user ? (users, user) : (sessions, session)
        let (own, other) = kind == .user ? (row.user, row.session) : (row.session, row.user)
        let unit = table.unit(of: row.experiment, from: first)
        if unit != 0, table.units[Int(unit) - 1].enrollment != PassUnits.Unit.unseen {
            return tell(table.units[Int(unit) - 1], of: row)
        }
        let linked = links.table(kind).lookup.unit(of: row.experiment, from: links.first(kind, other, keys))
        guard linked != 0 else {
            if share.counts(own) { ledger.add(row.experiment, own.isAbsent ? .noUnit : .neverExposed) }
            return
        }
        tell(linked: links.table(kind).units[Int(linked) - 1], of: row)
    }

    /// An outcome without an experiment belongs to each that goes by links, too, in which a link of its other id leads to a
    /// unit and its own id has no exposure.
    /// - Returns: Whether there is one, reported or not.
    private mutating func spread(
        _ row: PendingOutcome, _ links: PassLinks, _ kind: ExperimentUnit, _ own: PassUnits.Lookup, _ first: UInt32
    ) -> Bool {
        let table = links.table(kind)
        var (next, isFound) = (links.first(kind, kind == .user ? row.session : row.user, keys), false)
        while next != 0 {
            let linked = table.units[Int(next) - 1]
            next = linked.next
            let unit = own.unit(of: linked.experiment, from: first)
            if unit != 0, own.units[Int(unit) - 1].enrollment != PassUnits.Unit.unseen { continue }
            if linked.experiment >= 0 { tell(linked: linked, of: row) }
            isFound = true
        }
        return isFound
    }

    /// Tells a unit of an outcome that a link led to it.
    private mutating func tell(linked unit: PassUnits.Unit, of row: PendingOutcome) {
        guard unit.enrollment != PassUnits.Unit.ambiguous || !unit.isHere else {
            return ledger.add(unit.experiment, .ambiguousIdentity)
        }
        tell(unit, of: row)
    }

    /// Tells a unit of an outcome.
    @inline(__always)
    private mutating func tell(_ unit: PassUnits.Unit, of row: PendingOutcome) {
        guard unit.isHere else { return }
        guard unit.isExposed else {
            return ledger.add(unit.experiment, Disposition(enrollment: unit.enrollment) ?? .neverExposed)
        }
        let elapsed = row.time - unit.exposedAt
        let fate: Disposition =
            if unit.isCrossover, excludesCrossovers {
                .crossover
            } else if elapsed < 0 {
                row.time >= exposures.otherPhase(unit.experiment, unit.place) ? .betweenPhases : .beforeExposure
            } else {
                Disposition(elapsed: elapsed, periods[Int(row.metric)])
            }
        ledger.add(unit.experiment, variant: unit.variant, fate)
        if row.time < DataShape.year1971 || row.time > clock {
            ledger.noteTime(unit.experiment, row.time, clock: clock)
        }
        if times.isWatching, fate != .crossover, fate != .betweenPhases {
            takers.lists.measures.forEach(row.measures) { times.add(unit, $0, row.time, elapsed) }
        }
        messages[Int(unit.experiment) << cellShift | Int(unit.place & cellMask)].append(
            OutcomeMessage(
                place: unit.place, measures: row.measures, fate: fate,
                hasRecordID: row.hasRecordID, value: row.value, time: row.time, elapsed: elapsed))
    }
}
