import ExperimentDatabase
import Experimentation

/// The treatment of records that equal rows of an earlier import.
public enum RepeatPolicy: Sendable, Hashable {
    /// Repeats are left out where the input holds all of an earlier import, and kept where repeats are at most one in a hundred.
    case leftOutOfGrowingExports
    /// Repeats are left out.
    case leftOut
    /// Repeats are written once more.
    case kept
}

/// The counts of an input's records that equal rows of earlier imports.
public struct RepeatedRows: Sendable, Hashable {
    /// Records that are left out.
    public internal(set) var leftOut = 0
    /// Records that would be, or are, written once more.
    public internal(set) var kept = 0
    /// Records of the input that were compared.
    public internal(set) var compared = 0
    /// The place in the input of the first that would be written once more, from 0.
    public internal(set) var example: Int?

    /// Nothing was found.
    public init() {}

    /// Whether so many would be written once more that somebody has to decide.
    public var isUndecided: Bool { kept * 100 > compared }
}

/// Compares the records of an input with the rows that earlier imports wrote, by a hash of experiment, unit, metric, kind,
/// value and time, with multiplicity and in whatever order.
///
/// A record and a row that both have an id are told apart by it, and never compared. Where only one of them has an id, they
/// are: an export that gained such a column, or lost it, holds the same events.
///
/// The rows of earlier imports are read once, only of those whose span of time the input shares; both sides are sorted
/// outside of memory. No index is needed, which would slow every write.
final class RepeatedRecords {
    private static let experiments = "SELECT experiment_id, name FROM experiment_definition"
    private static let variants = """
        SELECT v.variant_id, x.name, v.name FROM variant_definition AS v JOIN experiment_definition AS x USING (experiment_id)
        """
    private static let metrics = "SELECT metric_id, name, kind FROM metric_definition"
    private static let exposures = """
        SELECT variant_id, timestamp_us, user_id, session_id, id IS NOT NULL FROM exposure_log
        WHERE exposure_id BETWEEN ?1 AND ?2 AND timestamp_us BETWEEN ?3 AND ?4 AND (id IS NULL OR ?5)
        """
    private static let outcomes = """
        SELECT experiment_id, metric_id, value, timestamp_us, user_id, session_id, id IS NOT NULL FROM outcome_log
        WHERE outcome_id BETWEEN ?1 AND ?2 AND timestamp_us BETWEEN ?3 AND ?4 AND (id IS NULL OR ?5)
        """
    /// A tag with this bit is a place in the input, another one the number of an earlier import.
    private static let inputBit: UInt64 = 1 << 63
    /// A tag with this bit is of a record or a row that has an id, and sorted behind those that have none.
    private static let idBit: UInt64 = 1 << 62

    private let log: ImportedLog
    private let imports: [EarlierImport]
    /// The times of all earlier imports.
    private let span: ClosedRange<Int64>
    private let pairs = SortedSpill()
    /// The times of the records that can be repeats at all.
    private var sharedSpan: ClosedRange<Int64>?
    /// Whether one of these records has no id, so that rows that have one matter.
    private var lacksID = false
    private var compared = 0
    /// The places of the records that are left out, a bit each.
    private var leftOut: [UInt64] = []

    /// Nil where no import before wrote to the log, or where repeats do not matter: a link that is there twice is as old as
    /// the older one.
    init?(of log: ImportedLog, digest: String, _ connection: borrowing Connection) throws {
        guard log != .links else { return nil }
        imports = try ImportedRows.earlier(than: digest, log, connection)
        guard let first = imports.map(\.span.lowerBound).min(), let last = imports.map(\.span.upperBound).max() else {
            return nil
        }
        self.log = log
        span = first...last
    }

    /// Notes an exposure at its place in the input.
    func add(_ exposure: ExposureRecord, at place: Int) throws {
        compared += 1
        let time = exposure.timestampMicroseconds
        guard span.contains(time) else { return }
        var hash = Self.hash(exposure.experiment.text, exposure.variantID.text)
        hash.combine(0, time, exposure.userID?.text, exposure.sessionID?.text)
        try add(hash, time, place, hasID: exposure.id != nil)
    }

    /// Notes an outcome at its place in the input.
    func add(_ outcome: OutcomeRecord, at place: Int) throws {
        compared += 1
        let time = outcome.timestampMicroseconds
        guard span.contains(time) else { return }
        var hash = Self.hash(outcome.experiment?.text ?? "", outcome.metric.text, outcome.value.kind.rawValue)
        hash.combine(outcome.value.bits, time, outcome.userID?.text, outcome.sessionID?.text)
        try add(hash, time, place, hasID: outcome.id != nil)
    }

    private func add(_ hash: DefaultHash, _ time: Int64, _ place: Int, hasID: Bool) throws {
        try pairs.add(hash.fmix64, Self.inputBit | (hasID ? Self.idBit : 0) | UInt64(place))
        if !hasID { lacksID = true }
        sharedSpan = sharedSpan.map { min($0.lowerBound, time)...max($0.upperBound, time) } ?? time...time
    }

    /// Finds the repeats, and which of them are left out.
    func find(_ policy: RepeatPolicy, _ connection: borrowing Connection) throws -> RepeatedRows {
        var found = RepeatedRows()
        found.compared = compared
        guard policy != .kept, let sharedSpan else { return found }
        let names = try names(connection)
        for (number, earlier) in imports.enumerated() where earlier.span.overlaps(sharedSpan) {
            for run in earlier.runs { try readRows(run, sharedSpan, tag: UInt64(number), names, connection) }
        }
        let isLeftOut = policy == .leftOut ? imports.map { _ in true } : try growing()
        var group = RepeatGroup()
        try pairs.readSorted { pair in
            if pair.key != group.key { group = RepeatGroup(key: pair.key) }
            let hasID = pair.tag & Self.idBit != 0
            guard pair.tag & Self.inputBit != 0 else {
                if isLeftOut[Self.number(pair.tag)] {
                    group.leftOut.add(hasID: hasID)
                } else {
                    group.kept.add(hasID: hasID)
                }
                return
            }
            let place = Self.number(pair.tag)
            if group.leftOut.match(hasID: hasID) {
                found.leftOut += 1
                leaveOut(place)
            } else if group.kept.match(hasID: hasID) {
                found.kept += 1
                found.example = min(found.example ?? place, place)
            }
        }
        return found
    }

    /// Whether the record at a place is left out.
    func isLeftOut(_ place: Int) -> Bool {
        place >> 6 < leftOut.count && leftOut[place >> 6] >> UInt64(place & 63) & 1 == 1
    }

    private func leaveOut(_ place: Int) {
        while leftOut.count <= place >> 6 { leftOut.append(0) }
        leftOut[place >> 6] |= 1 << UInt64(place & 63)
    }

    /// The place in the input, or the number of the earlier import, that a tag says.
    private static func number(_ tag: UInt64) -> Int { Int(tag & ~(inputBit | idBit)) }

    /// Rows of equal keys that are still to be matched by records.
    private struct EqualRows {
        private var withID = 0
        private var withoutID = 0

        mutating func add(hasID: Bool) {
            if hasID { withID += 1 } else { withoutID += 1 }
        }

        /// Takes a row that a record may repeat, if there is one; first those that a record with an id could not.
        mutating func match(hasID: Bool) -> Bool {
            if !hasID, withID > 0 {
                withID -= 1
                return true
            }
            guard withoutID > 0 else { return false }
            withoutID -= 1
            return true
        }
    }

    /// The rows of equal keys, by what becomes of their repeats.
    private struct RepeatGroup {
        var key: UInt64?
        var leftOut = EqualRows()
        var kept = EqualRows()
    }

    /// Whether the input holds every row of an earlier import, for each of the imports.
    private func growing() throws -> [Bool] {
        var missing = imports.map(\.count)
        var key: UInt64?
        var counts: [Int: EqualRows] = [:]
        try pairs.readSorted { pair in
            if pair.key != key {
                key = pair.key
                counts.removeAll(keepingCapacity: true)
            }
            let hasID = pair.tag & Self.idBit != 0
            guard pair.tag & Self.inputBit != 0 else {
                counts[Self.number(pair.tag), default: EqualRows()].add(hasID: hasID)
                return
            }
            for number in Array(counts.keys) where counts[number]?.match(hasID: hasID) == true {
                missing[number] -= 1
            }
        }
        return missing.map { $0 == 0 }
    }

    private func readRows(
        _ run: ClosedRange<Int64>, _ span: ClosedRange<Int64>, tag: UInt64, _ names: Names,
        _ connection: borrowing Connection
    ) throws {
        let rows = try connection.query(
            log == .exposures ? Self.exposures : Self.outcomes, run.lowerBound, run.upperBound, span.lowerBound,
            span.upperBound, lacksID)
        while try rows.step() {
            var hash: DefaultHash
            let hasID: Bool
            switch log {
            case .exposures:
                hash = names.states[rows.int64(0)] ?? DefaultHash()
                hash.combine(0, rows.int64(1), rows.optionalText(2), rows.optionalText(3))
                hasID = rows.int(4) == 1
            case .outcomes:
                let metric = names.metrics[rows.int64(1)]
                hash = (rows.isNull(0) ? Self.hash("") : names.states[rows.int64(0)]) ?? DefaultHash()
                hash.combine(metric?.name ?? "", metric?.kind ?? "")
                let bits =
                    metric?.kind == OutcomeValue.Kind.numeric.rawValue
                    ? OutcomeValue.numeric(rows.double(2)).bits : rows.int64(2)
                hash.combine(bits, rows.int64(3), rows.optionalText(4), rows.optionalText(5))
                hasID = rows.int(6) == 1
            case .links: continue
            }
            try pairs.add(hash.fmix64, tag | (hasID ? Self.idBit : 0))
        }
    }

    /// The names that rows have numbers for.
    private struct Names {
        /// The states of the hash after an experiment's name, or after that and a variant's.
        var states: [Int64: DefaultHash] = [:]
        var metrics: [Int64: (name: String, kind: String)] = [:]
    }

    private func names(_ connection: borrowing Connection) throws -> Names {
        var names = Names()
        switch log {
        case .exposures:
            let rows = try connection.query(Self.variants)
            while try rows.step() { names.states[rows.int64(0)] = Self.hash(rows.text(1), rows.text(2)) }
        case .outcomes:
            let rows = try connection.query(Self.experiments)
            while try rows.step() { names.states[rows.int64(0)] = Self.hash(rows.text(1)) }
            let metrics = try connection.query(Self.metrics)
            while try metrics.step() { names.metrics[metrics.int64(0)] = (metrics.text(1), metrics.text(2)) }
        case .links: break
        }
        return names
    }

    private static func hash(_ names: String...) -> DefaultHash {
        var hash = DefaultHash()
        for name in names { hash.combine(name, "") }
        return hash
    }
}

extension DefaultHash {
    /// Hashes two names, each with an end that no name has.
    fileprivate mutating func combine(_ first: String, _ second: String) {
        combine(first)
        combine("\0")
        guard !second.isEmpty else { return }
        combine(second)
        combine("\0")
    }

    /// Hashes what a row has besides names.
    fileprivate mutating func combine(_ bits: Int64, _ time: Int64, _ userID: String?, _ sessionID: String?) {
        withUnsafeBytes(of: (bits.littleEndian, time.littleEndian)) { combine($0) }
        combine(userID ?? "")
        combine("\0")
        combine(sessionID ?? "")
    }
}

extension OutcomeValue {
    /// The value as 64 bits; both zeros of a number are one.
    fileprivate var bits: Int64 {
        switch self {
        case .bool(let value): value ? 1 : 0
        case .count(let value): value
        case .numeric(let value): Int64(bitPattern: (value == 0 ? 0.0 : value).bitPattern)
        }
    }
}
