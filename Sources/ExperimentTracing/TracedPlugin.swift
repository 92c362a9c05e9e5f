public import Experimentation
public import Metrics
import Synchronization
public import Tracing

/// A plugin whose answers are seen where a server is watched: as events of the request's span, and as counts.
///
/// Each answer is an event `feature_flag.evaluation` of the span under way, by the names of OpenTelemetry's semantic
/// conventions for feature flags (opentelemetry.io/docs/specs/semconv/feature-flags). The counter
/// `experiments_assignments_total` has the dimensions `experiment`, `variant` and `enrollment`: beside the exposures of the
/// file it tells the same hour that an experiment is assigned and never exposed. Recording is passed on as it is.
///
/// It costs a look into a table at each answer, and an event where there is a span; an answer of the plugin inside costs
/// what it costs.
public struct TracedPlugin<Base: ExperimentPlugin>: ExperimentPlugin {
    /// The plugin that answers.
    public let base: Base
    private let tracer: any Tracer
    private let counters: AssignmentCounters
    private let isIDShown: Bool
    private let version: @Sendable (ExperimentName) -> String?

    /// Wraps a plugin.
    /// - Parameters:
    ///   - base: The plugin that answers and records.
    ///   - tracer: What knows the span under way; the one in force where the plugin is wrapped, by default.
    ///   - metrics: What makes the counters; the metrics system in force, by default.
    ///   - isIDShown: Whether events carry the unit's id, which is personal data in most places; no by default.
    ///   - version: What is in force of an experiment, such as its phase; told as `feature_flag.version` where not nil.
    public init(
        _ base: Base, tracer: any Tracer = InstrumentationSystem.tracer,
        metrics: any MetricsFactory = MetricsSystem.factory, showingID isIDShown: Bool = false,
        version: @escaping @Sendable (ExperimentName) -> String? = { _ in nil }
    ) {
        self.base = base
        self.tracer = tracer
        counters = AssignmentCounters(metrics)
        self.isIDShown = isIDShown
        self.version = version
    }

    /// The name of the plugin inside.
    public var name: String { base.name }

    /// Answers as the plugin inside, and notes the answer, or why there is none.
    public func assign(_ experiment: String, for context: ExperimentContext) throws(ExperimentError) -> Variant {
        do throws(ExperimentError) {
            let variant = try base.assign(experiment, for: context)
            counters.count(variant)
            note(experiment, variant, nil, context)
            return variant
        } catch {
            note(experiment, nil, error, context)
            throw error
        }
    }

    /// Records as the plugin inside.
    public func recordExposure(_ exposure: ExposureRecord) async throws(ExperimentError) {
        try await base.recordExposure(exposure)
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
        if let version = version(ExperimentName(experiment)) { attributes["feature_flag.version"] = version }
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

/// Counts answers; one counter for each that was given.
private final class AssignmentCounters: Sendable {
    /// Experiments, variants and enrollments that are counted at most: names come from definitions, which are few.
    private static let limit = 10_000

    private let counters = Mutex<[Variant: Counter]>([:])
    private let metrics: any MetricsFactory

    init(_ metrics: any MetricsFactory) { self.metrics = metrics }

    func count(_ variant: Variant) {
        let counter = counters.withLock { counters -> Counter? in
            if let known = counters[variant] { return known }
            guard counters.count < Self.limit else { return nil }
            let counter = Counter(
                label: "experiments_assignments_total",
                dimensions: [
                    ("experiment", variant.experiment.text), ("variant", variant.variantID.text),
                    ("enrollment", variant.enrollment.rawValue),
                ], factory: metrics)
            counters[variant] = counter
            return counter
        }
        counter?.increment()
    }
}
