/// A backend that assigns variants and records what came of them.
///
/// Three methods, in the order a server calls them: ``assign(_:for:)`` when it needs a variant,
/// ``recordExposure(_:)`` once the unit has really been shown that variant, ``recordOutcome(_:)`` whenever something
/// measurable happens later. Assigning measures nothing: a unit that was assigned but never exposed is in no result.
///
/// The promises below are what `ExperimentationTesting.PluginConformance` checks on any backend.
///
/// A backend in memory may satisfy the recording methods with plain synchronous functions. One that waits, for a disk
/// or a network, must suspend: blocking a thread of Swift's cooperative pool stalls every other request of the server.
public protocol ExperimentPlugin: Sendable {
    /// The backend's name, for logs and reports; not empty and the same at every call.
    var name: String { get }

    /// Chooses the variant a unit gets.
    ///
    /// Pure: no I/O, no side effect, and the same answer for the same unit as long as the definitions stay the same.
    /// - Parameters:
    ///   - experiment: The experiment's id, compared byte for byte.
    ///   - context: Who asks. Without the id that the experiment's unit needs, the answer is the control, not enrolled.
    /// - Returns: A declared variant. In a draft or stopped experiment it is the control, or the declared winner, and
    ///   ``Variant/enrollment`` says that it does not count.
    /// - Throws: ``ExperimentError/experimentNotFound(_:)`` for an unknown experiment,
    ///   ``ExperimentError/invalidContext(_:)`` for an id that breaks a rule.
    func assign(_ experiment: String, for context: ExperimentContext) throws(ExperimentError) -> Variant

    /// Records that a unit was shown a variant, and returns when that is durable.
    ///
    /// Repeated exposures are welcome: the first one counts.
    /// - Parameter exposure: What was shown to whom, and when.
    /// - Throws: ``ExperimentError/experimentNotFound(_:)`` for an unknown experiment,
    ///   ``ExperimentError/invalidContext(_:)`` that names the field and the rule for anything malformed, in which case
    ///   nothing was stored, and ``ExperimentError/backend(_:)`` when the backend failed.
    func recordExposure(_ exposure: ExposureRecord) async throws(ExperimentError)

    /// Records something measured about a unit, and returns when that is durable.
    ///
    /// Whether it counts is decided at analysis, so outcomes of units never exposed are recorded too.
    /// - Parameter outcome: What was measured, of whom, and when.
    /// - Throws: As ``recordExposure(_:)``.
    func recordOutcome(_ outcome: OutcomeRecord) async throws(ExperimentError)
}
