import Experimentation

/// Reads one metric of a definitions file.
enum MetricSection {
    /// The metric; nil, with every problem noted, when there is one.
    static func read(_ section: TOMLSection) -> MetricDefinition? {
        var section = section
        let name = section.requiredString("name")
        if !section.keys.contains("kind") {
            section.problems.note(section.path, "lacks 'kind': bool, numeric or count")
        }
        let kind = section.choice("kind", OutcomeValue.Kind.self)
        let aggregation = section.choice("aggregation", MetricAggregation.self)
        let window = window(&section)
        let cap = section.number("cap")
        let direction = section.choice("direction", MetricDirection.self) ?? .increase
        section.finish()
        guard let name, let kind else { return nil }
        return section.made(name) { () throws(ExperimentError) in
            try MetricDefinition(
                name: name, kind: kind, aggregation: aggregation, windowMicroseconds: window,
                cap: cap.map { .value($0) },
                direction: direction)
        }
    }

    /// The window in µs, by either of its keys.
    private static func window(_ section: inout TOMLSection) -> Int64? {
        let text = section.string("window")
        let microseconds = section.integer("window_us")
        guard let text else { return microseconds }
        if microseconds != nil {
            section.wrong("window", "and 'window_us' must not both be given")
        } else if let length = WindowLength.microseconds(text) {
            return length
        } else {
            section.wrong("window", "must be a whole number with d, h, m or s, such as \"14d\"")
        }
        return nil
    }
}
