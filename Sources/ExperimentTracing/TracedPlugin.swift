public import Experimentation
public import Metrics
import Synchronization
public import Tracing

/// A plugin whose answers are seen where a server is watched: as events of the request's span, and as counts.
///
/// Each answer is an event `feature_flag.evaluation` of the span under way, by the names of OpenTelemetry's semantic
/// conventions for feature flags (opentelemetry.io/docs/specs/semconv/feature-flags). The counter
/// `experiments_assignments_total` has the dimensions `experiment`, `variant` and `enrollment`. Recording is passed on as it is;
/// exposures that were recorded are counted in `experiments_exposures_total` by experiment and variant, so that the two side by
/// side tell the same hour that an experiment is assigned and never exposed. No file tells: assignments are not stored.
///
/// An answer costs a look into a table without a lock, and an event where there is a span; an answer of the plugin
/// inside costs what it costs.
public struct TracedPlugin<Base: ExperimentPlugin>: ExperimentPlugin {
    /// The plugin that answers.
    public let base: Base
    private let tracer: any Tracer
    private let assignments: VariantCounters
    private let exposures: VariantCounters
    private let isIDShown: Bool
    private let version: @Sendable (ExperimentName) -> String?

    /// Wraps a plugin.
    /// - Parameters:
    ///   - base: The plugin that answers and records.
    ///   - tracer: What knows the span under way; the one in force where the plugin is wrapped, by default.
    ///   - metrics: What makes the counters; the metrics system in force, by default.
    ///   - isIDShown: Whether events carry the unit's id, which is personal data in most places; no by default.
    ///   - version: What is in force of an experiment, told as `feature_flag.version`; where nil, the phase that answered is
    ///     told. Called only where there is a span.
    public init(
        _ base: Base, tracer: any Tracer = InstrumentationSystem.tracer,
        metrics: any MetricsFactory = MetricsSystem.factory, showingID isIDShown: Bool = false,
        version: @escaping @Sendable (ExperimentName) -> String? = { _ in nil }
    ) {
        self.base = base
        self.tracer = tracer
        assignments = VariantCounters("experiments_assignments_total", metrics)
        exposures = VariantCounters("experiments_exposures_total", metrics)
        self.isIDShown = isIDShown
        self.version = version
    }

    /// The name of the plugin inside.
    public var name: String { base.name }

    /// Answers as the plugin inside, and notes the answer, or why there is none.
    public func assign(_ experiment: String, for context: ExperimentContext) throws(ExperimentError) -> Variant {
        do throws(ExperimentError) {
            let variant = try base.assign(experiment, for: context)
            assignments.count(variant.experiment, variant.variantID, variant.enrollment)
            note(experiment, variant, nil, context)
            return variant
        } catch {
            note(experiment, nil, error, context)
            throw error
        }
    }

    /// Records as the plugin inside, and counts what was recorded.
    public func recordExposure(_ exposure: ExposureRecord) async throws(ExperimentError) {
        try await base.recordExposure(exposure)
        exposures.count(exposure.experiment, exposure.variantID)
    }

    /// Records as the plugin inside.
    public func recordOutcome(_ outcome: OutcomeRecord) async throws(ExperimentError) {
        try await base.recordOutcome(outcome)
    }

    private func note(
        _ experiment: String, _ variant: Variant?, _ error: ExperimentError?, _ context: ExperimentContext
    ) {
        guard let current = ServiceContext.current, let span = tracer.activeSpan(identifiedBy: current) else { return }
        var attributes: SpanAttributes = [:]
        attributes["feature_flag.key"] = experiment
        attributes["feature_flag.provider.name"] = base.name
        attributes["feature_flag.result.reason"] = variant?.enrollment.reason ?? "error"
        if let variant { attributes["feature_flag.result.variant"] = variant.variantID.text }
        let version = version(ExperimentName(experiment)) ?? variant?.phase.map { String($0) }
        if let version { attributes["feature_flag.version"] = version }
        if let error { attributes["error.type"] = error.type }
        if isIDShown, let id = context.userID ?? context.sessionID { attributes["feature_flag.context.id"] = id.text }
        span.addEvent(SpanEvent(name: "feature_flag.evaluation", attributes: attributes))
    }
}

extension Enrollment {
    /// The word of OpenTelemetry's conventions for how an answer came about.
    fileprivate var reason: String {
        switch self {
        case .enrolled: "split"
        case .override: "targeting_match"
        case .notEnrolled: "default"
        case .notRunning: "disabled"
        }
    }
}

extension ExperimentError {
    /// The word of OpenTelemetry's conventions for why there is no answer.
    fileprivate var type: String {
        switch self {
        case .experimentNotFound: "flag_not_found"
        case .invalidContext: "invalid_context"
        case .backend: "general"
        }
    }
}

/// Counts what happened to variants; one counter for each that something did.
///
/// Counters are in chains by their hash that only grow, so nobody ever waits for somebody else: who answers walks one.
private final class VariantCounters: Sendable {
    private struct Key: Hashable {
        let experiment: ExperimentName
        let variant: VariantName
        let enrollment: Enrollment?
    }

    /// A counter, or nothing at the head of a chain, and what comes after it.
    private final class Link: Sendable {
        let key: Key?
        let counter: Counter?
        let next = AtomicLazyReference<Link>()

        init(_ key: Key? = nil, _ counter: Counter? = nil) {
            self.key = key
            self.counter = counter
        }
    }

    /// Experiments, variants and enrollments that are counted at most: names come from definitions, which are few.
    private static let limit = 10_000

    private let chains = (0..<256).map { _ in Link() }
    private let count = Atomic(0)
    private let label: String
    private let metrics: any MetricsFactory

    init(_ label: String, _ metrics: any MetricsFactory) {
        self.label = label
        self.metrics = metrics
    }

    func count(_ experiment: ExperimentName, _ variant: VariantName, _ enrollment: Enrollment? = nil) {
        let key = Key(experiment: experiment, variant: variant, enrollment: enrollment)
        var link = chains[Int(UInt(bitPattern: key.hashValue) % UInt(chains.count))]
        while link.key != key {
            guard let next = link.next.load() ?? append(key, to: link) else { return }
            link = next
        }
        link.counter?.increment()
    }

    /// Puts a new counter behind the last of a chain, unless somebody else was first; nil where there are too many.
    private func append(_ key: Key, to last: Link) -> Link? {
        guard count.load(ordering: .relaxed) < Self.limit else { return nil }
        let counter = Counter(
            label: label,
            dimensions: [("experiment", key.experiment.text), ("variant", key.variant.text)]
                + (key.enrollment.map { [("enrollment", $0.rawValue)] } ?? []), factory: metrics)
        let link = Link(key, counter)
        let found = last.next.storeIfNil(link)
        if found === link { count.add(1, ordering: .relaxed) }
        return found
    }
}
