import ExperimentDatabase
import ExperimentDefinitions
import ExperimentStatistics
import Experimentation

/// The pass over the exposures: who was exposed to what first, and what became of every exposure.
///
/// One step a row and one look into the table of units, which is all that grows: by the unit.
struct ExposurePass {
    /// Use of a phase's exposures to a report.
    private enum PhaseUse {
        /// Exposures in the phase that is reported of their experiment; with the experiment's place in the pass.
        case reported(Int32)
        /// Exposures in another phase of an experiment that is reported; with the experiment's place in the pass.
        case otherPhase(Int32)
        /// Exposures of an experiment that is not reported, whose units are no strangers; with its number in the table.
        case elsewhere(ExperimentUnit, Int32)
    }

    /// ?1: rows from this time on don't exist; but those after ?2 are ahead of the clock, whatever time is asked for.
    private static let rows = """
        SELECT phase_id, variant_id, enrollment, timestamp_us, user_id, session_id, exposure_id
        FROM main.exposure_log WHERE timestamp_us NOT BETWEEN ?1 AND ?2
        """
    private static let phases = "SELECT phase_id, experiment_id FROM phase_definition"

    let users = PassUnits()
    let sessions = PassUnits()
    private(set) var experiments: [PassExperiment]
    /// First enrolled exposures in another phase, by experiment and unit, in µs; empty for experiments of one phase.
    private(set) var otherPhases: [[Int64]]
    /// The latest time that is not later than the clock, in µs; 0 without any.
    private(set) var latest: Int64 = 0
    /// The same; nil without any.
    var latestExposure: Int64? { latest > 0 ? latest : nil }
    /// Phases and enrollments by time, where records do not say theirs.
    private let spans: ExposureSpans
    /// Whether any experiment, reported or not, goes by links.
    let hasLooseExperiments: Bool
    private let uses: [PhaseUse]
    private let usePlaces: NumberIndex
    private let knowsOthers: Bool
    /// The memory of a unit in the roster that is made of the pass.
    private let rosterBytes: Int

    /// Reads the log: of every experiment in the phase that would be reported, and of those that are; for rosters with the
    /// times of first exposures, or without.
    init(_ connection: borrowing Connection, _ scope: PassScope, keepingTimes: Bool = false) throws {
        let (reported, options) = (scope.reported, scope.options)
        knowsOthers = scope.known != scope.share
        rosterBytes = PassRoster.unitBytes(keepingTimes: keepingTimes)
        experiments = reported.map {
            PassExperiment($0, asked: options.segmentAttribute, options.calendar, clock: scope.clock)
        }
        otherPhases = Array(repeating: [], count: reported.count)
        spans = try ExposureSpans(connection)
        let places = NumberIndex(reported.map(\.experimentRow.value))
        var chosen: [Int64: ReportedPhase] = [:]
        for phase in scope.all { chosen[phase.phaseRow.value] = phase }
        var uses: [PhaseUse] = []
        var usePlaces = NumberIndex()
        var lastElsewhere = PassUnits.Unit.elsewhere
        let phases = try connection.prepare(Self.phases)
        while try phases.step() {
            let (id, place) = (phases.int64(0), places[phases.int64(1)])
            if place >= 0 {
                usePlaces[id] = Int32(uses.count)
                uses.append(reported[Int(place)].phaseRow.value == id ? .reported(place) : .otherPhase(place))
            } else if let phase = chosen[id] {
                usePlaces[id] = Int32(uses.count)
                let isStrict = phase.identity == .strict
                if !isStrict { lastElsewhere -= 1 }
                uses.append(.elsewhere(phase.unit, isStrict ? PassUnits.Unit.elsewhere : lastElsewhere))
            }
        }
        hasLooseExperiments = scope.all.contains { $0.identity != .strict }
        (self.uses, self.usePlaces) = (uses, usePlaces)
        try read(connection, scope)
        if options.isDealingAnew { for place in experiments.indices { try experiments[place].knowAllVariants() } }
    }

    /// The units of a kind.
    func table(_ unit: ExperimentUnit) -> PassUnits { unit == .user ? users : sessions }

    /// The memory of the units without their outcomes, in bytes.
    ///
    /// Counted are the units' table, what each unit is to the results, and of the largest experiment, while it is folded,
    /// groups and the values of two measures with their past. The table is left out where it has all units, whatever the share.
    var bytes: Int {
        let units = experiments.map(\.units)
        return (knowsOthers ? 0 : users.bytes + sessions.bytes) + rosterBytes * units.reduce(0, +) + 40
            * (units.max() ?? 0)
    }

    private mutating func read(_ connection: borrowing Connection, _ scope: PassScope) throws {
        let (options, clock, share, known) = (scope.options, scope.clock, scope.share, scope.known)
        // Half is for what outcomes add.
        let memory = scope.memory / 2
        var keys = UnitKeys(seed: scope.seed, capacity: 256)
        let last = options.lastExposure?.value ?? .max
        let rows = try connection.prepare(Self.rows)
        let end = options.asOfMicroseconds ?? .max
        try rows.bind(end, at: 1)
        try rows.bind(clock + DataShape.tolerance, at: 2)
        while try rows.step() {
            let time = rows.int64(3)
            if time > latest, time <= clock { latest = time }
            guard let (phase, enrollment) = decided(rows, at: time) else { continue }
            let use = usePlaces[phase]
            guard use >= 0 else { continue }
            guard time < end else {
                if case .reported(let place) = uses[Int(use)], rows.int64(6) <= last,
                    rows.bytes(experiments[Int(place)].phase.unit == .user ? 4 : 5) != nil
                {
                    experiments[Int(place)].noteAhead(enrollment: enrollment, time: time)
                }
                continue
            }
            keys.removeAll()
            let isKnown = rows.int64(6) <= last
            switch uses[Int(use)] {
            case .reported(let place):
                let unit = experiments[Int(place)].phase.unit
                let bytes = rows.bytes(unit == .user ? 4 : 5)
                let variant = try experiments[Int(place)].add(
                    variant: rows.rowNumber(1), enrollment: enrollment, time: time, hasUnit: bytes != nil,
                    exposure: rows.int64(6))
                guard let bytes, isKnown else { continue }
                let key = keys.add(bytes)
                guard known.holds(key.tag) else { continue }
                let index = self.unit(key, keys, table(unit), place, isHere: share.holds(key.tag))
                if experiments[Int(place)].units & 255 == 0 { try share.check(bytes: self.bytes, limit: memory) }
                see(table(unit).units + index, place, variant, enrollment, time, exposure: rows.int64(6))
            case .otherPhase(let place):
                let unit = experiments[Int(place)].phase.unit
                guard enrollment == 0, isKnown, let bytes = rows.bytes(unit == .user ? 4 : 5) else { continue }
                let key = keys.add(bytes)
                guard share.holds(key.tag) else { continue }
                let index = self.unit(key, keys, table(unit), place, isHere: true)
                seeElsewhere(table(unit).units[index].place, place, time)
            case .elsewhere(let unit, let experiment):
                // Where links are gone by, a unit that took no part is not looked for by another id.
                guard enrollment == 0 || experiment < PassUnits.Unit.elsewhere, isKnown,
                    let bytes = rows.bytes(unit == .user ? 4 : 5)
                else { continue }
                let (table, key) = (table(unit), keys.add(bytes))
                guard known.holds(key.tag) else { continue }
                let (index, _) = table.add(key, keys, experiment: experiment, place: 0)
                table.units[index].enrollment = min(table.units[index].enrollment, UInt8(clamping: enrollment))
            }
        }
        try share.check(bytes: self.bytes, limit: memory)
    }

    /// The number of an exposure's phase, and its enrollment: as its record says, else by its time.
    private func decided(_ row: borrowing Statement, at time: Int64) -> (phase: Int64, enrollment: Int64)? {
        let (hasPhase, hasEnrollment) = (!row.isNull(0), !row.isNull(2))
        if hasPhase, hasEnrollment { return (row.int64(0), row.int64(2)) }
        guard let span = spans.span(of: row.rowNumber(1), at: time) else { return nil }
        return (hasPhase ? row.int64(0) : span.phaseID.value, hasEnrollment ? row.int64(2) : span.enrollment)
    }

    /// Takes in an exposure of the reported phase.
    private mutating func see(
        _ unit: UnsafeMutablePointer<PassUnits.Unit>, _ experiment: Int32, _ variant: UInt16?, _ enrollment: Int64,
        _ time: Int64, exposure: Int64
    ) {
        unit.pointee.enrollment = min(unit.pointee.enrollment, UInt8(clamping: enrollment))
        guard let variant else { return }
        // Rows come in order of arrival, so of equal times the first stays.
        if unit.pointee.exposedAt == .max {
            unit.pointee.variant = variant
        } else {
            if unit.pointee.variant != variant { unit.pointee.isCrossover = true }
            guard time < unit.pointee.exposedAt else { return }
        }
        unit.pointee.exposedAt = time
        unit.pointee.variant = variant
        if !experiments[Int(experiment)].attributes.isEmpty, unit.pointee.isHere {
            let place = Int(unit.pointee.place)
            let missing = place + 1 - experiments[Int(experiment)].firstExposures.count
            if missing > 0 { experiments[Int(experiment)].firstExposures += repeatElement(0, count: missing) }
            experiments[Int(experiment)].firstExposures[place] = exposure
        }
    }

    /// Takes in an enrolled exposure of another phase.
    private mutating func seeElsewhere(_ unit: UInt32, _ experiment: Int32, _ time: Int64) {
        let place = Int(unit)
        let missing = place + 1 - otherPhases[Int(experiment)].count
        if missing > 0 { otherPhases[Int(experiment)] += repeatElement(.max, count: missing) }
        otherPhases[Int(experiment)][place] = min(otherPhases[Int(experiment)][place], time)
    }

    private mutating func unit(
        _ key: UnitKeys.Key, _ keys: borrowing UnitKeys, _ table: PassUnits, _ experiment: Int32, isHere: Bool
    ) -> Int {
        let (unit, isNew) = table.add(
            key, keys, experiment: experiment,
            place: isHere ? UInt32(experiments[Int(experiment)].units) : PassUnits.Unit.notHere)
        if isNew, isHere { experiments[Int(experiment)].units += 1 }
        return unit
    }

    /// The first enrolled exposure of a unit in another phase than the reported, in µs; the largest number for none.
    func otherPhase(_ experiment: Int32, _ place: UInt32) -> Int64 {
        Int(place) < otherPhases[Int(experiment)].count ? otherPhases[Int(experiment)][Int(place)] : .max
    }

    /// Finds the days on which the experiments began for their units, once all are known.
    mutating func findStartDays(_ totals: PassTotals) {
        var starts = Array(repeating: StartDay(), count: experiments.count)
        for table in [users, sessions] {
            for index in 0..<table.count {
                let unit = table.units[index]
                guard unit.experiment >= 0, unit.isExposed, unit.isHere else { continue }
                let place = Int(unit.experiment)
                // A clock that is ahead begins nothing.
                guard experiments[place].isPast(unit.exposedAt) else { continue }
                starts[place].add(day: experiments[place].day(unit.exposedAt))
            }
        }
        for place in experiments.indices {
            experiments[place].startDay = totals.total(.startDay(place), starts[place]) { $0.add($1) }?.day
        }
    }
}
