import Experimentation
import TOMLKit

/// Reads one metric of a definitions file.
enum MetricSection {
    /// The keys that say how outcomes become a value, which a ratio and a quantile have not.
    private static let keysOfValues = [
        "kind", "aggregation", "where", "window", "window_us", "delay", "delay_us", "mature", "absent", "floor", "cap",
    ]

    /// The metric; nil, with every problem noted, when there is one.
    static func read(_ section: TOMLSection) -> MetricDefinition? {
        var section = section
        let name = section.requiredString("name")
        let direction = section.choice("direction", MetricDirection.self) ?? .increase
        let statistic: (() throws(BrokenRules) -> MetricDefinition.Statistic)?
        if section.keys.contains("ratio") {
            statistic = ratio(&section)
        } else if section.keys.contains("quantile") {
            statistic = quantile(&section)
        } else {
            statistic = mean(&section)
        }
        let unit = section.string("unit").flatMap { text in
            section.value(of: "unit") { () throws(ExperimentError) in try MeasurementUnit(text) }
        }
        section.finish()
        guard let name, let statistic else { return nil }
        return section.made(name) { () throws(BrokenRules) in
            try MetricDefinition(checking: MetricName(name), statistic(), direction, unit)
        }
    }

    /// Kind that tells metrics of one name apart, as it is written; nil where nothing does.
    static func kind(_ section: TOMLSection) -> String? {
        ["ratio", "quantile"].first { section.keys.contains($0) } ?? section.text("kind")
    }

    // MARK: Sorts of metrics

    private static func mean(
        _ section: inout TOMLSection
    ) -> (() throws(BrokenRules) -> MetricDefinition.Statistic)? {
        if !section.keys.contains("kind") {
            section.problems.note(section.path, "lacks 'kind': bool, numeric or count")
        }
        let kind = section.choice("kind", OutcomeValue.Kind.self)
        let source = source(&section)
        let aggregation = section.choice("aggregation", MetricAggregation.self)
        let window = length("window", &section)
        let delay = length("delay", &section)
        let isMature = section.bool("mature")
        let absent = section.choice("absent", AbsentUnits.self)
        let floor = section.number("floor")
        let cap = cap(&section)
        refuse(["per", "nonzero"], without: "quantile", &section)
        guard let kind else { return nil }
        return { () throws(BrokenRules) in
            .mean(
                try UnitValue(
                    checking: kind, source: source, aggregation: aggregation, windowMicroseconds: window,
                    delayMicroseconds: delay ?? 0, isMature: isMature, absent: absent, floor: floor, cap: cap))
        }
    }

    private static func ratio(
        _ section: inout TOMLSection
    ) -> (() throws(BrokenRules) -> MetricDefinition.Statistic)? {
        refuse(keysOfValues + ["of", "quantile", "per", "nonzero"], beside: "ratio", &section)
        guard var parts = section.section("ratio") else { return nil }
        let (numerator, denominator) = (reference("numerator", &parts), reference("denominator", &parts))
        parts.finish()
        guard let numerator, let denominator else { return nil }
        return { () throws(BrokenRules) in .ratio(MetricRatio(numerator: numerator, denominator: denominator)) }
    }

    private static func quantile(
        _ section: inout TOMLSection
    ) -> (() throws(BrokenRules) -> MetricDefinition.Statistic)? {
        refuse(keysOfValues, beside: "quantile", &section)
        let level = section.number("quantile").flatMap { share in
            section.value(of: "quantile") { () throws(ExperimentError) in try QuantileLevel(share, field: "quantile") }
        }
        let metric = reference("of", &section)
        let per = section.choice("per", Per.self) ?? .unit
        let isOfNonzero = section.bool("nonzero")
        if per == .event, isOfNonzero == true {
            section.wrong("nonzero", "must not be true with per = \"event\": outcomes themselves have no absent units")
        }
        guard let level, let metric else { return nil }
        let population: MetricQuantile.Population =
            per == .event ? .events : isOfNonzero == true ? .unitsWithOutcome : .units
        return { () throws(BrokenRules) in
            .quantile(MetricQuantile(level: level, metric: metric, population: population))
        }
    }

    /// Values that a quantile is taken over.
    private enum Per: String, CaseIterable {
        case unit, event
    }

    // MARK: Keys

    /// Source of the outcomes: the metric that they are recorded by, and a filter.
    private static func source(_ section: inout TOMLSection) -> UnitValue.Source {
        let recorded = section.string("of")
        guard var filter = section.section("where") else {
            return recorded.map { .derived(of: MetricName($0), .all) } ?? .recorded
        }
        var values: [AttributeName: [AttributeValue]] = [:]
        for attribute in filter.keys {
            let texts = filter.textOrTexts(attribute)
            values[AttributeName(attribute)] = texts.map { AttributeValue($0) }
        }
        guard let recorded else {
            section.wrong("where", "needs 'of', which names the metric whose outcomes are filtered")
            return .recorded
        }
        return .derived(of: MetricName(recorded), OutcomeFilter(values))
    }

    /// A number; a percentile such as `"p99.9"`; or `{ percentile = 0.99, nonzero = true }`.
    private static func cap(_ section: inout TOMLSection) -> ValueCap? {
        guard let value = section.anything("cap") else { return nil }
        if let number = value.int.map(Double.init) ?? value.double { return .value(number) }
        if let text = value.string, text.first == "p" {
            return section.value(of: "cap") { () throws(ExperimentError) in
                .percentile(try QuantileLevel(percentage: text.dropFirst(), field: "cap"))
            }
        }
        guard value.table != nil, var table = section.section("cap") else {
            section.wrong("cap", "must be a number, a percentile such as \"p99\", or { percentile = 0.99 }")
            return nil
        }
        if !table.keys.contains("percentile") { table.problems.note(table.path, "lacks 'percentile'") }
        let share = table.number("percentile")
        let isOfNonzero = table.bool("nonzero") ?? false
        table.finish()
        guard let share else { return nil }
        return table.value(of: "percentile") { () throws(ExperimentError) in
            .percentile(try QuantileLevel(share, field: "percentile"), nonzero: isOfNonzero)
        }
    }

    /// A metric by its name, or as `{ name = "revenue", kind = "numeric" }`.
    private static func reference(_ key: String, _ section: inout TOMLSection) -> MetricReference? {
        guard let value = section.anything(key) else {
            section.problems.note(section.path, "lacks '\(key)'")
            return nil
        }
        if let name = value.string { return MetricReference(name) }
        guard value.table != nil, var table = section.section(key) else {
            section.wrong(key, "must be a metric's name, or { name = \"…\", kind = \"…\" }")
            return nil
        }
        let name = table.requiredString("name")
        let kind = table.choice("kind", OutcomeValue.Kind.self)
        table.finish()
        return name.map { MetricReference($0, kind: kind) }
    }

    /// A length of time in µs, by either of its keys.
    private static func length(_ key: String, _ section: inout TOMLSection) -> Int64? {
        let text = section.string(key)
        let microseconds = section.integer("\(key)_us")
        guard let text else { return microseconds }
        if microseconds != nil {
            section.wrong(key, "and '\(key)_us' must not both be given")
        } else if let length = WindowLength.microseconds(text) {
            return length
        } else {
            section.wrong(key, "must be a whole number with d, h, m or s, such as \"14d\"")
        }
        return nil
    }

    private static func refuse(_ keys: [String], beside sort: String, _ section: inout TOMLSection) {
        for key in keys where section.anything(key) != nil {
            section.wrong(key, "must not be given with '\(sort)': it is a key of the metrics that it is computed from")
        }
    }

    private static func refuse(_ keys: [String], without sort: String, _ section: inout TOMLSection) {
        for key in keys where section.anything(key) != nil { section.wrong(key, "needs '\(sort)'") }
    }
}
