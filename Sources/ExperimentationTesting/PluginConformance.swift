public import Experimentation

/// The promises of every ``Experimentation/ExperimentPlugin`` as checks to run on a backend.
///
/// Tell it how to make a fresh backend with given experiments, then run it in any test framework:
///
///     let conformance = PluginConformance { experiments in
///         TestedPlugin(try HashExperimentPlugin(experiments))
///     }
///
///     // All at once, with any framework:
///     let report = await conformance.report()
///     precondition(report.violations.isEmpty, report.description)
///
///     // One test a promise, with Swift Testing:
///     @Test(arguments: Promise.all) func keeps(_ promise: Promise) async throws {
///         try await conformance.check(promise)
///     }
///
/// A backend that can follow designs (``DesignFeature``) says which, and is then also given a holdout to put in force
/// before the experiments start:
///
///     PluginConformance(designs: [.coverage, .overrides]) { experiments, holdout in … }
///
/// Promises about designs that it does not claim are reported as ``Verdict/unsupported``, never as kept; their experiments
/// are not given to it.
///
/// Each promise is checked on a backend of its own, through `any ExperimentPlugin`. Promises about what is stored need
/// the counts of ``TestedPlugin``; without them they are reported as ``Verdict/unanswerable``, never as kept.
/// All together make some 6,000 records, most of them at the same time.
public struct PluginConformance: Sendable {
    /// The result of checking a promise that was not broken.
    public enum Verdict: Sendable, Hashable {
        /// The backend did as promised.
        case kept
        /// The backend stores nothing, or cannot say what it stores, or assigns by an algorithm of its own.
        case unanswerable
        /// The backend does not claim to follow such designs, and was not asked.
        case unsupported
    }

    private let isDefaultAlgorithm: Bool
    private let designs: Set<DesignFeature>
    private let makePlugin: @Sendable (Setting) async throws -> TestedPlugin

    /// Creates the checks of one kind of backend that follows no designs.
    /// - Parameters:
    ///   - isDefaultAlgorithm: Whether the backend assigns by ``Experimentation/AssignmentAlgorithm/fnv1a64Fmix64``,
    ///     unit by unit.
    ///   - makePlugin: Makes an empty backend in which the given experiments are defined.
    public init(
        isDefaultAlgorithm: Bool = true,
        makePlugin: @escaping @Sendable (_ experiments: [Experiment]) async throws -> TestedPlugin
    ) {
        self.init(isDefaultAlgorithm: isDefaultAlgorithm, designs: []) { experiments, _ in
            try await makePlugin(experiments)
        }
    }

    /// Creates the checks of one kind of backend that follows designs.
    /// - Parameters:
    ///   - isDefaultAlgorithm: Whether the backend assigns by ``Experimentation/AssignmentAlgorithm/fnv1a64Fmix64``,
    ///     unit by unit, and asks for coverage, namespace and holdout by hashes of their own as it does.
    ///   - designs: What of designs the backend claims to follow.
    ///   - makePlugin: Makes an empty backend in which the given experiments are defined, subject to the given holdout;
    ///     that is nil unless `designs` has ``DesignFeature/holdout``.
    public init(
        isDefaultAlgorithm: Bool = true, designs: Set<DesignFeature>,
        makePlugin: @escaping @Sendable (_ experiments: [Experiment], _ holdout: Holdout?) async throws -> TestedPlugin
    ) {
        self.isDefaultAlgorithm = isDefaultAlgorithm
        self.designs = designs
        self.makePlugin = { setting in try await makePlugin(setting.experiments, setting.holdout) }
    }

    /// Checks one promise on a fresh backend.
    /// - Parameter promise: The promise.
    /// - Returns: Whether it was kept, or why that is not known.
    /// - Throws: The ``Violation``.
    @discardableResult
    public func check(_ promise: Promise) async throws(Violation) -> Verdict {
        guard promise.needs.isSubset(of: designs) else { return .unsupported }
        do {
            let setting = try promise.setting()
            let tested = try await makePlugin(setting)
            let run = PromiseRun(
                tested: tested, setting: setting, isDefaultAlgorithm: isDefaultAlgorithm, makePlugin: makePlugin)
            let result: Result<Void, any Error>
            do { result = .success(try await promise.check(run)) } catch { result = .failure(error) }
            await tested.close()
            try result.get()
            return .kept
        } catch is PromiseRun.Unanswerable {
            return .unanswerable
        } catch let failure as PromiseRun.Failure {
            throw Violation(promise: promise, reason: failure.reason)
        } catch {
            throw Violation(promise: promise, reason: "An unexpected error: \(error)")
        }
    }

    /// Checks promises one after the other.
    /// - Parameter promises: The promises; all by default.
    /// - Returns: What was found.
    public func report(on promises: [Promise] = Promise.all) async -> ConformanceReport {
        var report = ConformanceReport()
        for promise in promises {
            do throws(Violation) {
                switch try await check(promise) {
                case .kept: report.kept.append(promise)
                case .unanswerable: report.unanswerable.append(promise)
                case .unsupported: report.unsupported.append(promise)
                }
            } catch {
                report.violations.append(error)
            }
        }
        return report
    }
}
