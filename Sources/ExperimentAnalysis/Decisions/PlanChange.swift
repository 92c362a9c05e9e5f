public import ExperimentDefinitions
public import Experimentation

/// A change of what decides in an experiment, after exposures of its phase had arrived: results could be known by then.
///
/// From the file's own log, whoever wrote. Changes of the phase's weights are not among them: there is a new phase then.
public struct PlanChange: Sendable, Hashable {
    /// The metric whose definition changed; nil for the experiment's own.
    public let metric: MetricName?
    /// The changed key of the definition, as a definitions file calls it: `goals`, `guardrails`, `plan.units`, `window`.
    public let field: String
    /// The key's value before the change; nil where the definition did not have the key.
    public let before: String?
    /// The key's value after the change; nil where the definition does not have the key any more.
    public let after: String?
    /// Time of the change in µs since 1970 UTC, by the clock of whoever wrote.
    public let changedAt: Int64
    /// Origin of the change: who wrote.
    public let origin: ChangeOrigin
    /// The first of the phase's stored nights that decided by it, counted from 1; nil where none is stored, and of a change
    /// that a merge took over from another file.
    public let night: Int?
}

extension PlanChange {
    /// The changes of one phase, in order.
    ///
    /// Each file's log is read by that file's rows. What is changed in a merged file itself is judged by its sources where one
    /// of them was changed likewise, since the numbers of several files have no order of arrival.
    static func all(
        _ log: DefinitionLog, _ phase: ReportedPhase, _ arrivals: FirstArrivals, _ nights: [NightRows.ExperimentNight]
    ) -> [PlanChange] {
        guard !arrivals.isEmpty else { return [] }
        let metrics = withParts(Set((phase.goals + phase.guardrails.map(\.metric)).map(\.text)), log)
        var ofServers: [Step] = []
        var ofMerges: [Step] = []
        for (source, entries) in log.bySource.sorted(by: { ($0.key ?? .max) < ($1.key ?? .max) }) {
            let own = entries.filter { entry in
                entry.experimentID == phase.experimentRow || entry.metric.map { metrics.contains($0.text) } ?? false
            }
            // A server's rows have the numbers of its own block, and so has what its log says of them.
            var number = arrivals.numbers.values.min()
            var isMerged = log.isMerged
            if let source, entries.allSatisfy({ $0.lastExposure >> RowIDs.blockShift == source }) {
                (number, isMerged) = (arrivals.numbers[source], false)
            }
            let steps = steps(own, of: phase, number, arrivals.elsewhere, nights, isMerged: isMerged)
            if isMerged { ofMerges += steps } else { ofServers += steps }
        }
        let late =
            ofServers.filter(\.isLate)
            + ofMerges.filter { step in
                step.isLate && !ofServers.contains { $0.change.isSame(as: step.change) }
            }
        guard log.isMerged else { return late.map(\.change) }
        // An operator who changes a plan on every server made one change, not several.
        return late.map(\.change).sorted { $0.changedAt < $1.changedAt }.reduce(into: []) { found, change in
            if !found.contains(where: { $0.isSame(as: change) }) { found.append(change) }
        }
    }

    /// A change, and whether results could be known when it was made.
    private typealias Step = (change: PlanChange, isLate: Bool)

    /// The changes that one file's log has.
    /// - Parameters:
    ///   - entries: Of the experiment and its metrics.
    ///   - phase: The phase.
    ///   - number: Of the first exposure; nil without any.
    ///   - elsewhere: The time of the first exposure that no number says to be before or after a change; nil without any.
    ///   - nights: The phase's stored nights.
    ///   - isMerged: Whether the file was merged from others. Its first definition is then a copy, and no change.
    /// - Returns: The changes, in order.
    private static func steps(
        _ entries: [DefinitionLog.Entry], of phase: ReportedPhase, _ number: Int64?, _ elsewhere: Int64?,
        _ nights: [NightRows.ExperimentNight], isMerged: Bool
    ) -> [Step] {
        let definedAt = entries.first { $0.experimentID == phase.experimentRow }?.changedAt ?? .min
        var roles = MetricRoles()
        var found: [Step] = []
        var rest = entries[...]
        while let first = rest.first {
            // What one transaction did is one change: its steps on the way are nobody's plan.
            let together = rest.prefix { $0.changedAt == first.changedAt && $0.origin == first.origin }
            rest = rest.dropFirst(together.count)
            let before = roles
            for entry in together { roles.take(entry) }
            let isDefined = first.changedAt > definedAt
            let isLate =
                (number.map { first.lastExposure >= $0 } ?? false) && (isDefined || !isMerged)
                || (elsewhere.map { first.changedAt >= $0 } ?? false) && isDefined
            func add(_ field: String, _ before: String?, _ after: String?, of metric: MetricName? = nil) {
                let night =
                    first.source == nil && !nights.isEmpty ? nights.count { $0.lastChange < first.number } + 1 : nil
                let change = PlanChange(
                    metric: metric, field: field, before: before, after: after, changedAt: first.changedAt,
                    origin: first.origin, night: night)
                found.append((change, isLate))
            }
            if before.goals != roles.goals { add("goals", before.goals, roles.goals) }
            if before.guardrails != roles.guardrails { add("guardrails", before.guardrails, roles.guardrails) }
            for fact in facts(Array(together)) { add(fact.field, fact.before, fact.after, of: fact.metric) }
        }
        return found
    }

    private func isSame(as other: PlanChange) -> Bool {
        metric == other.metric && field == other.field && before == other.before && after == other.after
    }

    /// Names of metrics with those by whose definitions their values are made, now or at any time.
    ///
    /// Such metrics are the parts of a ratio, and what a quantile is taken of. A mean that is derived takes the outcomes of another
    /// metric, and nothing of its definition.
    private static func withParts(_ names: Set<String>, _ log: DefinitionLog) -> Set<String> {
        let quantiles = Set(log.entries.filter { $0.field == "quantile_level" }.compactMap { $0.metric?.text })
        var all = names
        for entry in log.entries {
            guard let metric = entry.metric?.text, names.contains(metric) else { continue }
            let isPart = entry.field == "of" ? quantiles.contains(metric) : parts.contains(entry.field)
            if isPart { all.formUnion([entry.before, entry.after].compactMap(\.self)) }
        }
        return all
    }

    private static let parts: Set = ["numerator", "denominator"]

    /// Names in definitions files of the fields that decide, beside the roles.
    private static let names = [
        "planned_units": "plan.units", "planned_days": "plan.days", "minimum_lift": "plan.minimum_lift",
        "plausible_lift": "plan.plausible_lift", "segments": "segments", "covariate": "covariate",
        "identity": "identity",
        "is_strict": "strict_plan",
    ]
    private static let metricNames = [
        "of": "of", "outcome_filter": "where", "delay_us": "delay", "window_us": "window", "is_mature": "mature",
        "cap_level": "cap", "cap_nonzero": "cap.nonzero", "quantile_level": "quantile", "population": "per",
    ]

    private typealias Fact = (metric: MetricName?, field: String, before: String?, after: String?)

    private static func facts(_ entries: [DefinitionLog.Entry]) -> [Fact] {
        var places: [String: Int] = [:]
        var facts: [Fact] = []
        for entry in entries {
            let name: String
            if entry.metric != nil {
                name = metricNames[entry.field] ?? entry.field
            } else if let known = names[entry.field] {
                name = known
            } else {
                continue
            }
            let fact = (entry.metric, name, text(entry.before, entry.field), text(entry.after, entry.field))
            let key = "\(entry.metric?.text ?? "")\u{0}\(entry.field)"
            if let place = places[key] {
                facts[place].after = fact.3
            } else {
                places[key] = facts.count
                facts.append(fact)
            }
        }
        return facts.filter { $0.before != $0.after }
    }

    private static func text(_ value: String?, _ field: String) -> String? {
        guard let value else { return nil }
        switch field {
        case "window_us", "delay_us": return Int64(value).map(length) ?? value
        case "is_strict", "is_mature", "cap_nonzero": return value == "1" ? "true" : "false"
        default: return value
        }
    }

    /// `14d`, `36h`, `90m`, `1s`; µs where it is none of them.
    private static func length(_ microseconds: Int64) -> String {
        for (unit, name) in [(86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "m"), (1_000_000, "s")]
            as [(Int64, String)]
        where microseconds % unit == 0 { return "\(microseconds / unit)\(name)" }
        return "\(microseconds) µs"
    }
}

/// The metrics that decide and guard, as far as a log was replayed.
private struct MetricRoles {
    private var names: [String: [Int: String]] = [:]

    mutating func take(_ entry: DefinitionLog.Entry) {
        guard ["goal", "guardrail", "margin"].contains(entry.field) else { return }
        names[entry.field, default: [:]][entry.position] = entry.after
    }

    /// `purchase, revenue`; nil for none.
    var goals: String? { list(names["goal"] ?? [:]) { $1 } }

    /// `latency_ms 0.02`.
    var guardrails: String? {
        let margins = names["margin"] ?? [:]
        return list(names["guardrail"] ?? [:]) { [$1, margins[$0]].compactMap(\.self).joined(separator: " ") }
    }

    private func list(_ names: [Int: String], _ text: (Int, String) -> String) -> String? {
        names.isEmpty
            ? nil : names.sorted { $0.key < $1.key }.map { text($0.key, $0.value) }.joined(separator: ", ")
    }
}
