import Experimentation
import TestSupport
import Testing

/// Definitions of metrics refuse what makes no sense, and fill in what is not said.
@Suite("Metric definitions")
struct MetricDefinitionTests {
    private static func error(_ make: () throws(ExperimentError) -> MetricDefinition) -> String? {
        do throws(ExperimentError) {
            _ = try make()
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("a broken rule is an error that names the key and the rule")
    func refused() {
        func says(_ expected: String, _ make: () throws(ExperimentError) -> MetricDefinition) {
            #expect(Self.error(make) == expected)
        }
        for cap in [-1, Double.nan, .infinity] {
            says("cap must be finite and not negative") { () throws(ExperimentError) in
                try MetricDefinition(name: "m", kind: .numeric, cap: .value(cap))
            }
        }
        for floor in [Double.nan, .infinity, -.infinity] {
            says("floor must be finite") { () throws(ExperimentError) in
                try MetricDefinition(name: "m", kind: .numeric, floor: floor)
            }
        }
        for window: Int64 in [0, -1, .min] {
            says("window must be positive") { () throws(ExperimentError) in
                try MetricDefinition(name: "m", kind: .count, windowMicroseconds: window)
            }
        }
        says("delay must not be negative") { () throws(ExperimentError) in
            try MetricDefinition(name: "m", kind: .count, delayMicroseconds: -1)
        }
        says("aggregation must not be max where the kind is bool") { () throws(ExperimentError) in
            try MetricDefinition(name: "m", kind: .bool, aggregation: .max)
        }
        says("where needs 'of'") { () throws(ExperimentError) in
            try MetricDefinition(name: "m", kind: .bool, where: [:])
        }
        says("of must name another metric") { () throws(ExperimentError) in
            try MetricDefinition(name: "m", kind: .bool, of: "m")
        }
        says("of must not be empty") { () throws(ExperimentError) in
            try MetricDefinition(name: "m", kind: .bool, of: "")
        }
        says("where must be at most 65536 bytes together") { () throws(ExperimentError) in
            let long = String(repeating: "x", count: 65_536)
            return try MetricDefinition(name: "m", kind: .bool, of: "n", where: ["a": [AttributeValue(long)]])
        }
        says("metric must not contain control characters") { () throws(ExperimentError) in
            try MetricDefinition(name: "a\tb", kind: .bool)
        }
        says("denominator must not be empty") { () throws(ExperimentError) in
            try MetricDefinition(name: "m", ratioOf: "a", to: "")
        }
        says("of must not contain control characters") { () throws(ExperimentError) in
            try MetricDefinition(name: "m", quantile: QuantileLevel(0.5), of: "a\nb")
        }
    }

    @Test("a unit of measurement is a short word, and a share of units has none")
    func measurementUnits() throws {
        #expect(try MeasurementUnit("€").text == "€")
        let long = Self.error { () throws(ExperimentError) in
            let unit = try MeasurementUnit(String(repeating: "x", count: 17))
            return try MetricDefinition(name: "m", kind: .numeric, measurementUnit: unit)
        }
        #expect(long == "unit must be at most 16 bytes")
        let share = Self.error { () throws(ExperimentError) in
            try MetricDefinition(name: "m", kind: .bool, measurementUnit: MeasurementUnit("EUR"))
        }
        #expect(share == "unit must not be given for a share of units")
        let days = try MetricDefinition(
            name: "m", kind: .bool, aggregation: .days, measurementUnit: MeasurementUnit("days"))
        #expect(days.measurementUnit?.text == "days")
    }

    @Test("every broken rule is told, not only the first")
    func all() throws {
        let broken = #expect(throws: BrokenRules.self) {
            try UnitValue(
                checking: .bool, aggregation: .max, windowMicroseconds: 0, delayMicroseconds: -1, floor: .nan, cap: -1)
        }
        #expect(broken?.all.count == 5)
    }

    @Test("what is not said follows from the kind, the aggregation and the window")
    func defaults() throws {
        #expect(try MetricDefinition(name: "m", kind: .bool).value?.aggregation == .any)
        #expect(try MetricDefinition(name: "m", kind: .numeric).value?.aggregation == .sum)
        #expect(try MetricDefinition(name: "m", kind: .count).value?.aggregation == .sum)
        for aggregation in MetricAggregation.allCases {
            let value = try MetricDefinition(name: "m", kind: .numeric, aggregation: aggregation).value
            let isAbsence = [.mean, .max, .last].contains(aggregation)
            #expect(value?.absent == (isAbsence ? .exclude : .zero), "\(aggregation)")
            #expect(value?.isMature == false)
        }
        #expect(try MetricDefinition(name: "m", kind: .bool, windowMicroseconds: 1).value?.isMature == true)
        #expect(
            try MetricDefinition(name: "m", kind: .bool, windowMicroseconds: 1, isMature: false).value?.isMature
                == false)
        // Nothing ends without a window, so that nothing is to be waited for.
        #expect(
            try MetricDefinition(name: "m", kind: .bool, isMature: true) == MetricDefinition(name: "m", kind: .bool))
    }

    @Test("a definition knows its kind, and under which name its outcomes are recorded")
    func kinds() throws {
        let derived = try MetricDefinition(name: "shoes", kind: .numeric, of: "revenue", where: ["category": ["shoes"]])
        #expect(derived.kind == .numeric)
        #expect(derived.isDerived)
        #expect(derived.value?.recordedName(of: derived.name) == "revenue")
        let recorded = try MetricDefinition(name: "revenue", kind: .numeric)
        #expect(!recorded.isDerived)
        #expect(recorded.value?.recordedName(of: recorded.name) == "revenue")
        let ratio = try MetricDefinition(name: "value per order", ratioOf: "revenue", to: "orders")
        #expect(ratio.kind == .ratio)
        #expect(ratio.value == nil && !ratio.isDerived)
        #expect(try MetricDefinition(name: "p95", quantile: QuantileLevel(0.95), of: "latency").kind == .quantile)
    }

    @Test("the window begins after the delay, and no sum of times overflows")
    func window() throws {
        let value = try #require(
            MetricDefinition(name: "m", kind: .bool, windowMicroseconds: 5, delayMicroseconds: 3).value)
        #expect(value.windowStart(after: 10) == 13)
        #expect(value.windowEnd(after: 10) == 18)
        let endless = try #require(
            MetricDefinition(name: "m", kind: .bool, windowMicroseconds: .max, delayMicroseconds: .max).value)
        #expect(endless.windowStart(after: 10) == .max)
        #expect(endless.windowEnd(after: 10) == .max)
        #expect(try MetricDefinition(name: "m", kind: .bool).value?.windowEnd(after: 10) == nil)
    }

    @Test("two filters are the same whatever the order in which they were written")
    func filters() {
        let filter = OutcomeFilter(["b": ["2", "1", "2"], "a": []])
        #expect(filter == OutcomeFilter(["a": [], "b": ["1", "2"]]))
        #expect(filter.conditions.map(\.attribute) == ["a", "b"])
        #expect(filter != OutcomeFilter(["b": ["1", "2"]]))
        #expect(OutcomeFilter([:]) == .all)
    }
}

/// A level is the decimal that was written, so that its rank is exact.
@Suite("Quantile levels")
struct QuantileLevelTests {
    @Test("7 % of 100 is 7, not 8")
    func exactRank() throws {
        #expect(try QuantileLevel(0.07).rank(of: 100) == 7)
        #expect(try QuantileLevel(percentage: "7", field: "cap").rank(of: 100) == 7)
        #expect(try QuantileLevel(0.29).rank(of: 100) == 29)
        #expect(try QuantileLevel(0.001).rank(of: 1) == 1)
        #expect(try QuantileLevel(0.999).rank(of: 3) == 3)
        #expect(try QuantileLevel(0.999999999).rank(of: 4_000_000_000) == 3_999_999_996)
    }

    @Test("a rank is that of whole numbers, at any level and of any number of values")
    func ranks() throws {
        var random = SplitMix(seed: 14)
        for _ in 0..<1_000 {
            let billionths = Int(random.next() % 999_999_999) + 1
            let level = try QuantileLevel(Double(billionths) / 1e9)
            #expect(level.billionths == UInt64(billionths))
            let count = Int(random.next() % 1_000_000_000) + 1
            #expect(level.rank(of: count) == (billionths * count + 999_999_999) / 1_000_000_000)
        }
    }

    @Test("it is written as it was read")
    func text() throws {
        for text in ["0.95", "0.5", "0.001", "0.07", "0.000000001", "0.999999999"] {
            let share = try #require(Double(text))
            #expect(try "\(QuantileLevel(share))" == text)
            #expect(try QuantileLevel(share).value == share)
        }
        #expect(try QuantileLevel(percentage: "99.9", field: "cap") == QuantileLevel(0.999))
        #expect(try QuantileLevel(percentage: "75.25", field: "cap") == QuantileLevel(0.7525))
        #expect(try QuantileLevel(percentage: "050.0", field: "cap") == QuantileLevel(0.5))
    }

    @Test("what is no share between 0 and 1, or has too many digits, is refused by its rule")
    func refused() {
        for share in [0, 1, -0.5, 1.5, .nan, .infinity] {
            #expect(throws: ExperimentError.invalid("q", "must be above 0 and below 1")) {
                try QuantileLevel(share, field: "q")
            }
        }
        for share in [0.0123456789, 1e-10, 0.1 + 0.2] {
            #expect(throws: ExperimentError.invalid("q", "must have at most 9 decimal places")) {
                try QuantileLevel(share, field: "q")
            }
        }
        for text in ["0", "100", "101"] {
            #expect(throws: ExperimentError.invalid("cap", "must be above p0 and below p100")) {
                try QuantileLevel(percentage: text, field: "cap")
            }
        }
        for text in ["", "x", "1e1", "-5", ".", "1.2.3", "nan"] {
            #expect(throws: ExperimentError.invalid("cap", "must be a percentage after p, such as p99.9")) {
                try QuantileLevel(percentage: text, field: "cap")
            }
        }
    }
}
