import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

/// The changes that applying definitions makes to the metrics of the file, and what of them is refused.
///
/// A definition is judged by the metrics as they are after all of them: a ratio may come before its parts, and a metric can
/// take another's place.
struct MetricChanges {
    private struct Identity: Hashable {
        let name: MetricName
        let kind: MetricKind

        init(_ name: MetricName, _ kind: MetricKind) {
            self.name = name
            self.kind = kind
        }

        init(_ metric: MetricDefinition) { self.init(metric.name, metric.kind) }
    }

    private let before: [Identity: MetricDefinition]
    /// Every metric that is in the file afterwards.
    private var after: [Identity: MetricDefinition]
    /// The kinds of the metrics of units' values that have a name.
    private var kinds: [MetricName: [OutcomeValue.Kind]] = [:]
    private let metrics: [MetricDefinition]

    init(_ metrics: [MetricDefinition], _ connection: borrowing Connection) throws {
        let stored = try metrics.isEmpty ? [] : MetricDefinitionTable.all(connection)
        before = Dictionary(stored.map { (Identity($0), $0) }) { first, _ in first }
        after = before.merging(metrics.map { (Identity($0), $0) }) { _, new in new }
        for (identity, metric) in after {
            guard let kind = metric.value?.kind else { continue }
            kinds[identity.name, default: []].append(kind)
        }
        self.metrics = metrics
    }

    /// The changes, in the order of the definitions; none is made where it is a plan or one is refused.
    func apply(isDryRun: Bool, _ connection: borrowing Connection) throws -> [DefinitionChange] {
        let changes = try metrics.map { try change(to: $0, connection) }
        guard !isDryRun, changes.allSatisfy(\.refusals.isEmpty) else { return changes }
        // What others are computed from comes first.
        let rank = { (metric: MetricDefinition) in metric.value == nil ? 2 : metric.isDerived ? 1 : 0 }
        for metric in metrics.sorted(by: { rank($0) < rank($1) }) {
            try MetricDefinitionTable.set(resolved(metric), connection)
        }
        return changes
    }

    private func change(to metric: MetricDefinition, _ connection: borrowing Connection) throws -> DefinitionChange {
        let old = before[Identity(metric)]
        var refusals = refusals(metric)
        if metric.isDerived, let old, !old.isDerived,
            try MetricDefinitionTable.hasOutcome(metric.name, metric.kind, connection)
        {
            refusals.append(
                .invalid("of", "must not be given for \(label(metric)): outcomes are recorded under that name"))
        }
        return DefinitionChange(
            .metric(metric.name, metric.kind), isNew: old == nil,
            changes: old.map { Self.differences(from: $0, to: resolved(metric)).map { .metric($0) } } ?? [],
            refusals: refusals)
    }

    // MARK: Rules between metrics

    private func refusals(_ metric: MetricDefinition) -> [ExperimentError] {
        switch metric.statistic {
        case .mean(let value):
            guard case .derived(let recorded, _) = value.source else { return dependants(on: metric) }
            if after[Identity(recorded, MetricKind(value.kind))]?.isDerived == true {
                return [.invalid("of", "of \(label(metric)) must not name a derived metric, as '\(recorded)' is")]
            }
            return dependants(on: metric)
        case .ratio(let ratio):
            return [("numerator", ratio.numerator), ("denominator", ratio.denominator)].compactMap {
                refusal(of: $0.0, $0.1, metric)
            }
        case .quantile(let quantile):
            return [refusal(of: "of", quantile.metric, metric)].compactMap(\.self)
        }
    }

    /// A metric that others are derived from must stay a recorded one; those that come along say so themselves.
    private func dependants(on metric: MetricDefinition) -> [ExperimentError] {
        guard metric.isDerived else { return [] }
        let own = Set(metrics.map(Identity.init))
        let others = before.values.filter {
            guard case .derived(of: metric.name, _) = $0.value?.source else { return false }
            return $0.kind == metric.kind && !own.contains(Identity($0))
        }
        return others.map(\.name).sorted().map {
            .invalid("of", "must not be given for \(label(metric)): '\($0)' is derived from it")
        }
    }

    /// Why a metric cannot be computed from another one; nil where it can.
    private func refusal(
        of key: String, _ reference: MetricReference, _ metric: MetricDefinition
    ) -> ExperimentError? {
        let found = kinds[reference.name] ?? []
        if let kind = reference.kind {
            if found.contains(kind) { return nil }
        } else if found.count == 1 {
            return nil
        } else if found.count > 1 {
            let names = found.map(\.rawValue).sorted().joined(separator: ", ")
            return .invalid(key, "of \(label(metric)) must name the kind of '\(reference.name)': \(names)")
        }
        let isComputed = after.values.contains { $0.name == reference.name && $0.value == nil }
        return .invalid(
            key,
            isComputed && found.isEmpty
                ? "of \(label(metric)) must not name a ratio or a quantile, as '\(reference.name)' is"
                : "of \(label(metric)) must name a metric that is defined or recorded, which '\(reference.name)'"
                    + "\(reference.kind.map { " (\($0.rawValue))" } ?? "") is not")
    }

    private func label(_ metric: MetricDefinition) -> String { "metric '\(metric.name)'" }

    // MARK: References

    /// The same with the kind of every metric that it is computed from.
    private func resolved(_ metric: MetricDefinition) -> MetricDefinition {
        switch metric.statistic {
        case .mean: metric
        case .ratio(let ratio):
            metric.replacing(
                .ratio(
                    MetricRatio(numerator: resolved(ratio.numerator), denominator: resolved(ratio.denominator))))
        case .quantile(let quantile):
            metric.replacing(
                .quantile(
                    MetricQuantile(
                        level: quantile.level, metric: resolved(quantile.metric), population: quantile.population)))
        }
    }

    private func resolved(_ reference: MetricReference) -> MetricReference {
        MetricReference(reference.name.text, kind: reference.kind ?? kinds[reference.name]?.first)
    }

    // MARK: Words

    /// The keys in which two definitions of a metric differ.
    private static func differences(from old: MetricDefinition, to new: MetricDefinition) -> [String] {
        var changes: [String] = []
        func compare<Part: Equatable>(_ key: String, _ part: (MetricDefinition) -> Part) {
            if part(old) != part(new) { changes.append(key) }
        }
        compare("of") { $0.value?.recordedName(of: $0.name) }
        compare("where") { if case .derived(_, let filter) = $0.value?.source { filter } else { OutcomeFilter.all } }
        compare("aggregation") { $0.value?.aggregation }
        compare("delay") { $0.value?.delayMicroseconds }
        compare("window") { $0.value?.windowMicroseconds }
        // Where the window comes or goes, whether units must be mature follows from that.
        if old.value?.windowMicroseconds != nil, new.value?.windowMicroseconds != nil {
            compare("mature") { $0.value?.isMature }
        }
        compare("absent") { $0.value?.absent }
        compare("floor") { $0.value?.floor }
        compare("cap") { $0.value?.cap }
        compare("numerator") { $0.ratio?.numerator }
        compare("denominator") { $0.ratio?.denominator }
        compare("quantile") { $0.quantile?.level }
        compare("quantile of") { $0.quantile?.metric }
        compare("per") { $0.quantile?.population }
        compare("direction") { $0.direction }
        compare("unit") { $0.measurementUnit }
        return changes
    }
}
