import Experimentation

/// Reads one metric of a definitions file.
enum MetricSection {
    static func read(_ section: TOMLSection) throws(DefinitionsError) -> MetricDefinition {
        var section = section
        let name = try section.requiredString("name")
        guard let kind = try section.choice("kind", MetricKind.self) else {
            throw DefinitionsError(section.path, "lacks 'kind': bool, numeric or count")
        }
        let aggregation = try section.choice("aggregation", MetricAggregation.self)
        let window = try window(&section)
        let cap = try section.number("cap")
        let direction = try section.choice("direction", MetricDirection.self) ?? .increase
        try section.finish()
        do throws(ExperimentError) {
            return try MetricDefinition(
                name: name, kind: kind, aggregation: aggregation, windowMicroseconds: window, cap: cap,
                direction: direction)
        } catch {
            throw DefinitionsError("\(section.path) (\(Escaping.quoted(name)))", "\(error)")
        }
    }

    /// The window in µs, by either of its keys.
    private static func window(_ section: inout TOMLSection) throws(DefinitionsError) -> Int64? {
        let text = try section.string("window")
        let microseconds = try section.integer("window_us")
        guard let text else { return microseconds }
        guard microseconds == nil else { throw section.wrong("window", "and 'window_us' must not both be given") }
        guard let length = WindowLength.microseconds(text) else {
            throw section.wrong("window", "must be a whole number with d, h, m or s, such as \"14d\"")
        }
        return length
    }
}
