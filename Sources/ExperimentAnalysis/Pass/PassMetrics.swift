import ExperimentDatabase
import ExperimentDefinitions
import ExperimentStatistics
import Experimentation

/// The metrics of a file as a pass needs them: what is recorded, and what is made of it.
struct PassMetrics {
    /// A value that units get from their outcomes.
    struct Measure {
        let metricRow: RowNumber<MetricRow>
        let name: MetricName
        let direction: MetricDirection
        let value: UnitValue
        let period: Period

        /// Place for so many units.
        func sums(of units: Int) -> UnitSums {
            UnitSums(value.aggregation, isWhole: value.kind != .numeric, count: units)
        }
    }

    /// When an outcome counts, by the time since its unit's first exposure.
    struct Period {
        /// In µs; outcomes before it come too early.
        let delay: Int64
        /// Its length in µs; the largest number for ever.
        let window: Int64

        init(_ value: UnitValue) {
            delay = value.delayMicroseconds
            window = value.windowMicroseconds ?? .max
        }

        @inline(__always)
        func holds(_ elapsed: Int64) -> Bool { elapsed >= delay && elapsed - delay < window }
    }

    /// A metric under whose name outcomes were recorded, with at most ``filterLimit`` of those that filter them.
    struct Recorded {
        /// Whether its values are whole numbers.
        let isWhole: Bool
        /// Its own measure, by which the ledger goes.
        let own: Int
        /// The measures that all its outcomes go into.
        var measures: [Int] = []
        /// Those that only some go into, with what these need to have.
        var filtered: [(measure: Int, filter: OutcomeFilter)] = []
        /// The place of more measures of the same outcomes; negative for none.
        var more: Int32 = -1
    }

    /// Filters that a mask of an outcome has place for.
    static let filterLimit = 64

    private static let numbers = "SELECT metric_id, name, kind FROM metric_definition"

    /// By name and kind.
    private(set) var measures: [Measure] = []
    private(set) var recorded: [Recorded] = []
    /// The place in ``recorded`` of a metric's number.
    private(set) var places = NumberIndex()
    /// Whether outcomes' attributes are looked at.
    private(set) var hasFilters = false
    /// Whether it matters until when the logs go.
    private(set) var needsEnd = false

    /// The metrics of the file, or others in their place.
    init(_ connection: borrowing Connection, _ given: [MetricDefinition]?) throws {
        let definitions = try given ?? MetricDefinitionTable.all(connection).map { try Self.asStored($0) }
        var rows: [MetricReference: RowNumber<MetricRow>] = [:]
        let numbers = try connection.prepare(Self.numbers)
        while try numbers.step() {
            guard let kind = OutcomeValue.Kind(rawValue: numbers.text(2)) else { continue }
            rows[MetricReference(numbers.text(1), kind: kind)] = numbers.rowNumber(0)
        }
        var ownPlaces: [MetricReference: Int] = [:]
        for definition in definitions {
            guard let value = definition.value else { continue }
            let known = rows[MetricReference(definition.name.text, kind: value.kind)]
            // One that only was given has no row, and no other has a negative number.
            guard let row = known ?? given.map({ _ in RowNumber(-1 - Int64(measures.count)) }) else { continue }
            if !definition.isDerived {
                ownPlaces[MetricReference(definition.name.text, kind: value.kind)] = recorded.count
                places[row.value] = Int32(recorded.count)
                recorded.append(
                    Recorded(isWhole: value.kind != .numeric, own: measures.count, measures: [measures.count]))
            }
            measures.append(
                Measure(
                    metricRow: row, name: definition.name, direction: definition.direction, value: value,
                    period: Period(value)))
            if value.isMature { needsEnd = true }
        }
        for (place, measure) in measures.enumerated() {
            guard case .derived(let name, let filter) = measure.value.source,
                let own = ownPlaces[MetricReference(name.text, kind: measure.value.kind)]
            else { continue }
            add(place, filter, to: own)
        }
    }

    /// What the file says: it cannot say yet that units count whose window is open, or that an absent one is no 0.
    private static func asStored(_ metric: MetricDefinition) throws -> MetricDefinition {
        guard let value = metric.value else { return metric }
        let stored = try UnitValue(
            checking: value.kind, source: value.source, aggregation: value.aggregation,
            windowMicroseconds: value.windowMicroseconds, delayMicroseconds: value.delayMicroseconds, isMature: false,
            absent: .zero, floor: value.floor, cap: value.cap)
        return try MetricDefinition(checking: metric.name, .mean(stored), metric.direction)
    }

    private mutating func add(_ measure: Int, _ filter: OutcomeFilter, to own: Int) {
        guard filter != .all else { return recorded[own].measures.append(measure) }
        hasFilters = true
        var place = own
        while recorded[place].filtered.count == Self.filterLimit {
            if recorded[place].more < 0 {
                recorded[place].more = Int32(recorded.count)
                recorded.append(Recorded(isWhole: recorded[own].isWhole, own: recorded[own].own))
            }
            place = Int(recorded[place].more)
        }
        recorded[place].filtered.append((measure, filter))
    }
}

/// Which filters take an outcome, by its attributes; most outcomes have the attributes of others, and are not read again.
struct OutcomeFilters {
    private static let limit = 4096

    private var known: [[Name<OutcomeFilters>: UInt64]]

    init(_ metrics: PassMetrics) {
        known = Array(repeating: [:], count: metrics.recorded.count)
    }

    /// A bit for each filter of a recorded metric that takes an outcome of some attributes.
    mutating func mask(_ attributes: UnsafeRawBufferPointer?, _ recorded: Int, _ metrics: PassMetrics) -> UInt64 {
        let bytes = UnsafeBufferPointer(
            start: attributes?.baseAddress?.assumingMemoryBound(to: UInt8.self), count: attributes?.count ?? 0)
        let text = Name<OutcomeFilters>(String(decoding: bytes, as: UTF8.self))
        if let mask = known[recorded][text] { return mask }
        var mask: UInt64 = 0
        let members = Self.members(bytes)
        for (bit, filter) in metrics.recorded[recorded].filtered.enumerated()
        where filter.filter.conditions.allSatisfy({ Self.holds($0, members) }) {
            mask |= 1 << UInt64(bit)
        }
        if known[recorded].count == Self.limit { known[recorded].removeAll(keepingCapacity: true) }
        known[recorded][text] = mask
        return mask
    }

    private static func members(_ bytes: UnsafeBufferPointer<UInt8>) -> [JSONNode.Member] {
        guard let node = try? JSONParser.parse(bytes), case .object(let members) = node.value else { return [] }
        return members
    }

    private static func holds(_ condition: OutcomeFilter.Condition, _ members: [JSONNode.Member]) -> Bool {
        members.contains { member in
            guard case .string(let value) = member.node.value, condition.attribute.text.hasSameBytes(member.name.text)
            else { return false }
            return condition.values.contains(AttributeValue(value))
        }
    }
}

extension String {
    fileprivate func hasSameBytes(_ other: String) -> Bool { other.withBytes { hasBytes($0) } }
}
