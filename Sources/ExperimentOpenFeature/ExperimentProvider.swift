public import Experimentation

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A provider by the names of the OpenFeature specification (openfeature.dev/specification, sections 2 and 6), over any
/// plugin.
///
/// OpenFeature's own SDK for Swift is made for apps and has no part a server could conform to, so what has the
/// specification's names here are this package's own types; adapting them to an SDK is a few lines.
///
/// A flag's key is an experiment's id. Its string value is the variant's id; its boolean value says whether the unit gets
/// another variant than the control. Resolving measures nothing: whether the unit was shown the variant is what
/// ``ExposureHook`` records, after it was.
public struct ExperimentProvider<Plugin: ExperimentPlugin>: Sendable {
    /// The plugin that answers and records.
    public let plugin: Plugin

    /// Creates a provider.
    /// - Parameter plugin: What answers and records.
    public init(_ plugin: Plugin) { self.plugin = plugin }

    /// Requirement 2.1.1: the provider's name.
    public var metadata: ProviderMetadata { ProviderMetadata(name: plugin.name) }

    /// Resolves a flag whose value is a text: the variant's id.
    /// - Parameters:
    ///   - flagKey: The experiment's id.
    ///   - defaultValue: The value where the flag cannot be resolved.
    ///   - context: Who asks.
    /// - Returns: The value and how it came about; never an error.
    public func resolveStringEvaluation(
        flagKey: String, defaultValue: String, context: EvaluationContext
    ) -> ProviderEvaluation<String> {
        resolve(flagKey, defaultValue, context) { $0.variantID.text }
    }

    /// Resolves a flag whose value is a truth: whether the unit gets another variant than the control.
    /// - Parameters:
    ///   - flagKey: The experiment's id.
    ///   - defaultValue: The value where the flag cannot be resolved.
    ///   - context: Who asks.
    /// - Returns: The value and how it came about; never an error.
    public func resolveBooleanEvaluation(
        flagKey: String, defaultValue: Bool, context: EvaluationContext
    ) -> ProviderEvaluation<Bool> {
        resolve(flagKey, defaultValue, context) { !$0.isControl }
    }

    /// Section 6: something measurable happened, in no experiment in particular.
    ///
    /// Details with a value are a numeric outcome of it, without one a bool outcome that is true.
    /// - Parameters:
    ///   - trackingEventName: The metric's name.
    ///   - context: Who it is about.
    ///   - details: What was measured.
    ///   - timestamp: When it happened.
    /// - Throws: As ``Experimentation/ExperimentPlugin/recordOutcome(_:)``.
    public func track(
        _ trackingEventName: String, context: EvaluationContext, details: TrackingEventDetails = TrackingEventDetails(),
        at timestamp: Date = .now
    ) async throws(ExperimentError) {
        let unit = context.unit
        try await plugin.recordOutcome(
            OutcomeRecord(
                experiment: nil, metric: trackingEventName, value: details.value.map { .numeric($0) } ?? .bool(true),
                userID: unit.userID?.text, timestamp: timestamp, sessionID: unit.sessionID?.text,
                attributes: details.attributes, id: details.id))
    }

    private func resolve<Value: Sendable>(
        _ flagKey: String, _ defaultValue: Value, _ context: EvaluationContext, _ value: (Variant) -> Value
    ) -> ProviderEvaluation<Value> {
        do throws(ExperimentError) {
            let variant = try plugin.assign(flagKey, for: context.unit)
            return ProviderEvaluation(
                value: value(variant), variant: variant.variantID.text,
                reason: ResolutionReason(variant.enrollment), resolved: variant)
        } catch {
            return ProviderEvaluation(
                value: defaultValue, reason: .error, errorCode: ErrorCode(error), errorMessage: error.description)
        }
    }
}

/// Requirement 4.1: what runs after a flag was evaluated.
///
/// The provider records that the unit was shown the resolved variant.
public struct ExposureHook<Plugin: ExperimentPlugin>: Sendable {
    private let plugin: Plugin

    /// Creates a hook.
    /// - Parameter plugin: What records.
    public init(_ plugin: Plugin) { self.plugin = plugin }

    /// Records an exposure to what was resolved; nothing where a default was shown since the flag could not be resolved.
    /// - Parameters:
    ///   - evaluation: What was resolved, and then shown.
    ///   - context: To whom.
    ///   - timestamp: When.
    /// - Throws: As ``Experimentation/ExperimentPlugin/recordExposure(_:)``.
    public func after<Value: Sendable>(
        _ evaluation: ProviderEvaluation<Value>, context: EvaluationContext, at timestamp: Date = .now
    ) async throws(ExperimentError) {
        guard let variant = evaluation.resolved else { return }
        try await plugin.recordExposure(ExposureRecord(of: variant, to: context.unit, at: timestamp))
    }
}
