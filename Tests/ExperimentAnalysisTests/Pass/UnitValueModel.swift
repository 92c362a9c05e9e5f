import ExperimentAnalysis
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport

/// The rules of units' values once more, the plain way: for each unit and metric, look at every outcome.
struct UnitValueModel {
    struct Outcome {
        let metric: MetricName
        let value: OutcomeValue
        let user: String
        let time: Int64
        let attributes: [String: String]

        var number: Double {
            switch value {
            case .bool(let value): value ? 1 : 0
            case .count(let value): Double(value)
            case .numeric(let value): value
            }
        }
    }

    /// A metric's answer.
    struct Answer {
        var values: [VariantName: [Double]] = [:]
        var withOutcome: [VariantName: Int] = [:]
        var cap: Double?
        var isImmature = false
    }

    private var exposures: [(user: String, variant: VariantName, time: Int64)] = []
    private var outcomes: [Outcome] = []

    /// Records an exposure or an outcome of few users, and keeps it.
    mutating func record(_ random: inout SplitMix, _ shop: TestStore) async throws {
        let user = "u\(random.below(40))"
        let time = Shop.start + Int64(random.below(60))
        if random.chance(0.2) {
            let variant = user.utf8.count == 2 ? "control" : "treatment"
            try await shop.store.recordExposure(
                ExposureRecord(experiment: "button", variantID: variant, userID: user, timestampMicroseconds: time))
            exposures.append((user, VariantName(variant), time))
            return
        }
        var attributes: [String: String] = [:]
        if random.chance(0.8) { attributes["color"] = ["red", "blue", ""][random.below(3)] }
        if random.chance(0.5) { attributes["pl\"an"] = ["free", "pro"][random.below(2)] }
        let (metric, value): (String, OutcomeValue) =
            switch random.below(3) {
            case 0: ("b", .bool(random.chance(0.5)))
            case 1: ("n", .count(Int64(random.below(9)) - 3))
            default: ("m", .numeric(Double(random.below(100)) / 7 - 3))
            }
        try await shop.store.recordOutcome(
            OutcomeRecord(
                experiment: "button", metric: metric, value: value, userID: user, timestampMicroseconds: time,
                attributes: attributes))
        outcomes.append(
            Outcome(metric: MetricName(metric), value: value, user: user, time: time, attributes: attributes))
    }

    /// A derived metric made up at random.
    static func definition(_ number: Int, _ random: inout SplitMix) throws -> MetricDefinition {
        let (source, kind) = [("b", OutcomeValue.Kind.bool), ("n", .count), ("m", .numeric)][random.below(3)]
        let aggregations = MetricAggregation.allCases.filter { kind != .bool || $0 != .max }
        var filter: [AttributeName: [AttributeValue]] = [:]
        if random.chance(0.5) { filter["color"] = [["red"], ["red", ""], []][random.below(3)] }
        if random.chance(0.3) { filter["pl\"an"] = ["pro"] }
        let levels = try [QuantileLevel(0.5), QuantileLevel(0.07), QuantileLevel(0.9)]
        let caps: [ValueCap?] = [
            nil, 1, .percentile(levels[random.below(3)]), .percentile(levels[random.below(3)], nonzero: true),
        ]
        return try MetricDefinition(
            name: "derived \(number)", kind: kind, of: source, where: random.chance(0.7) ? filter : nil,
            aggregation: aggregations[random.below(aggregations.count)],
            windowMicroseconds: [nil, 5, 20, 80][random.below(4)], delayMicroseconds: [0, 0, 4][random.below(3)],
            isMature: random.chance(0.5), absent: random.chance(0.5) ? .zero : .exclude,
            floor: [nil, 0.5, -1][random.below(3)], cap: caps[random.below(4)])
    }

    /// The answer that a metric must come to; nil where the metric must not be there.
    func answer(_ name: MetricName, _ value: UnitValue, asOf: Int64?) -> Answer? {
        let end = end(asOf)
        var units: [(variant: VariantName, value: Double)] = []
        var answer = Answer()
        var (settled, hasRow, hasOpenRow) = (0, false, false)
        for (user, first) in firstExposures(asOf) {
            let own = outcomes.filter {
                $0.user == user && $0.time < asOf ?? .max && $0.metric == value.recordedName(of: name)
                    && $0.value.kind == value.kind && Self.takes(value, $0)
                    && Self.holds(value, $0.time - first.time)
            }
            if value.isMature, first.time + value.delayMicroseconds + (value.windowMicroseconds ?? 0) > end {
                hasOpenRow = hasOpenRow || !own.isEmpty
                continue
            }
            settled += 1
            hasRow = hasRow || !own.isEmpty
            if own.isEmpty, value.absent == .exclude { continue }
            units.append((first.variant, Self.reduce(own, value.aggregation)))
            if !own.isEmpty { answer.withOutcome[first.variant, default: 0] += 1 }
        }
        answer.isImmature = settled == 0
        guard hasRow || (hasOpenRow && settled == 0) else { return nil }
        answer.cap = limit(&units, value)
        answer.values = Dictionary(grouping: units, by: \.variant).mapValues { $0.map(\.value) }
        return answer
    }

    private func limit(_ units: inout [(variant: VariantName, value: Double)], _ value: UnitValue) -> Double? {
        guard value.aggregation != .any else { return nil }
        if let floor = value.floor { for unit in units.indices { units[unit].value = max(units[unit].value, floor) } }
        var cap: Double?
        switch value.cap {
        case nil: break
        case .value(let number): cap = number
        case .percentile(let level, let isOfNonzero):
            let pool = units.map(\.value).filter { !isOfNonzero || $0 != 0 }.sorted()
            cap = pool.isEmpty ? nil : pool[level.rank(of: pool.count) - 1]
        }
        if let cap { for unit in units.indices { units[unit].value = min(units[unit].value, cap) } }
        return cap
    }

    /// The outcomes by what becomes of each; nil for those that count.
    func ledger(_ metrics: [MetricDefinition], asOf: Int64?) -> [DiscardReason?: Int] {
        let first = firstExposures(asOf)
        return outcomes.filter { $0.time < asOf ?? .max }.reduce(into: [:]) { ledger, outcome in
            guard let exposure = first[outcome.user],
                let value = metrics.first(where: { $0.name == outcome.metric })?.value
            else { return }
            let elapsed = outcome.time - exposure.time
            let windowEnd = value.windowMicroseconds.map { value.delayMicroseconds + $0 }
            let reason: DiscardReason? =
                if elapsed < 0 {
                    .beforeExposure
                } else if elapsed < value.delayMicroseconds {
                    .beforeWindow
                } else if let windowEnd, elapsed >= windowEnd {
                    .afterWindow
                } else if let windowEnd, value.isMature, exposure.time + windowEnd > end(asOf) {
                    .immature
                } else { nil }
            ledger[reason, default: 0] += 1
        }
    }

    private func end(_ asOf: Int64?) -> Int64 {
        asOf ?? (exposures.map(\.time) + outcomes.map(\.time)).reduce(0, max) + 1
    }

    private func firstExposures(_ asOf: Int64?) -> [String: (variant: VariantName, time: Int64)] {
        exposures.filter { $0.time < asOf ?? .max }.reduce(into: [:]) { first, exposure in
            if first[exposure.user].map({ $0.time > exposure.time }) ?? true {
                first[exposure.user] = (exposure.variant, exposure.time)
            }
        }
    }

    private static func holds(_ value: UnitValue, _ elapsed: Int64) -> Bool {
        elapsed >= value.delayMicroseconds
            && value.windowMicroseconds.map { elapsed < value.delayMicroseconds + $0 } ?? true
    }

    private static func takes(_ value: UnitValue, _ outcome: Outcome) -> Bool {
        guard case .derived(_, let filter) = value.source else { return true }
        return filter.conditions.allSatisfy { condition in
            outcome.attributes[condition.attribute.text].map { condition.values.contains(AttributeValue($0)) } ?? false
        }
    }

    private static func reduce(_ outcomes: [Outcome], _ aggregation: MetricAggregation) -> Double {
        let numbers = outcomes.map(\.number)
        let last = outcomes.indices.max { (outcomes[$0].time, $0) < (outcomes[$1].time, $1) }
        return switch aggregation {
        case .any: numbers.contains { $0 != 0 } ? 1 : 0
        case .sum: numbers.reduce(0, +)
        case .mean: numbers.isEmpty ? 0 : numbers.reduce(0, +) / Double(numbers.count)
        case .count: Double(numbers.count)
        case .max: numbers.max() ?? 0
        case .last: last.map { numbers[$0] } ?? 0
        case .days: Double(Set(outcomes.map { $0.time / 86_400_000_000 }).count)
        }
    }
}
