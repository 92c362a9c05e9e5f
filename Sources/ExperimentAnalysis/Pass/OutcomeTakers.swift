import ExperimentJSON
import Experimentation

/// Which measures take an outcome: by its metric, and by its attributes where a measure filters.
///
/// Most outcomes have the attributes of others, whose answer is known, so few are parsed.
struct OutcomeTakers {
    /// Texts that are remembered for each metric.
    private static let limit = 4096

    private typealias Text = Name<OutcomeTakers>

    /// Each list of measures once; first those of the recorded metrics without what they filter.
    private(set) var lists = MeasureLists()
    private var places: [[Int]: Int32] = [:]
    private var known: [[Text: Int32]]
    private let metrics: PassMetrics
    /// By the recorded metric, whether a measure filters.
    private let isFiltered: [Bool]

    init(_ metrics: PassMetrics) {
        self.metrics = metrics
        isFiltered = metrics.recorded.map { !$0.filtered.isEmpty }
        for recorded in metrics.recorded { _ = lists.add(recorded.measures, metrics) }
        known = Array(repeating: [:], count: metrics.recorded.count)
    }

    /// The place of the list of measures that take an outcome of a recorded metric.
    @inline(__always)
    mutating func place(_ recorded: Int32, attributes: @autoclosure () -> UnsafeRawBufferPointer?) -> Int32 {
        isFiltered[Int(recorded)] ? filter(Int(recorded), attributes()) : recorded
    }

    private mutating func filter(_ recorded: Int, _ attributes: UnsafeRawBufferPointer?) -> Int32 {
        guard let attributes else { return list(recorded, []) }
        let text = Text(String(decoding: attributes, as: UTF8.self))
        if let place = known[recorded][text] { return place }
        let place = list(recorded, Self.members(attributes))
        if known[recorded].count == Self.limit { known[recorded].removeAll(keepingCapacity: true) }
        known[recorded][text] = place
        return place
    }

    private mutating func list(_ recorded: Int, _ members: [JSONNode.Member]) -> Int32 {
        let own = metrics.recorded[recorded]
        let taken = own.filtered.filter { $0.filter.conditions.allSatisfy { Self.holds($0, members) } }
        // The place of the first list is the metric's own.
        guard !taken.isEmpty else { return Int32(recorded) }
        let measures = own.measures + taken.map(\.measure)
        if let place = places[measures] { return place }
        let place = lists.add(measures, metrics)
        places[measures] = place
        return place
    }

    private static func members(_ attributes: UnsafeRawBufferPointer) -> [JSONNode.Member] {
        attributes.withMemoryRebound(to: UInt8.self) { bytes in
            guard let node = try? JSONParser.parse(bytes), case .object(let members) = node.value else { return [] }
            return members
        }
    }

    private static func holds(_ condition: OutcomeFilter.Condition, _ members: [JSONNode.Member]) -> Bool {
        members.contains { member in
            guard case .string(let value) = member.node.value,
                AttributeName(member.name.text) == condition.attribute
            else { return false }
            return condition.values.contains(AttributeValue(value))
        }
    }
}

/// Lists of measures, and beside each the lists of their streams.
struct MeasureLists {
    private(set) var measures = NumberLists()
    private(set) var kept = NumberLists()
    private(set) var past = NumberLists()

    /// Adds a list and returns its place.
    mutating func add(_ list: [Int], _ metrics: PassMetrics) -> Int32 {
        kept.add(metrics.kept.streams(list))
        past.add(metrics.past.streams(list))
        return measures.add(list)
    }
}

/// Lists of numbers, one after the other: so none of them is an object whose references two threads would count.
struct NumberLists {
    private var ends: [Int] = [0]
    private var numbers: [Int] = []

    /// Adds a list and returns its place.
    @discardableResult
    mutating func add(_ list: [Int]) -> Int32 {
        numbers += list
        ends.append(numbers.count)
        return Int32(ends.count - 2)
    }

    @inline(__always)
    func forEach(_ list: Int32, _ body: (Int) -> Void) {
        for place in ends[Int(list)]..<ends[Int(list) + 1] { body(numbers[place]) }
    }
}
