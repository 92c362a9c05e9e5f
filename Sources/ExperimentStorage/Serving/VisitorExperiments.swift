import ExperimentJSON
public import Experimentation
import Synchronization

extension ExperimentStore {
    /// Chooses the variant from memory, and never throws.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - context: Who asks.
    ///   - variantID: What is shown where the experiment is unknown, or an id breaks a rule; such an answer is not
    ///     enrolled.
    /// - Returns: A variant.
    public func assign(_ experiment: String, for context: ExperimentContext, default variantID: String) -> Variant {
        do throws(ExperimentError) { return try assign(experiment, for: context) } catch {
            return Variant(experiment: experiment, variantID: variantID, isControl: true, enrollment: .notEnrolled)
        }
    }

    /// The variants of all experiments that run, for one visitor; no I/O.
    /// - Parameter context: Who asks.
    /// - Returns: A variant of each, in order of definition; none of a draft or a stopped experiment.
    public func assignAll(for context: ExperimentContext) -> [Variant] { served.assignAll(context) }
}

/// The experiments of one request: what its visitor was assigned, and what of it was shown.
///
/// Make one for each request. An experiment is assigned once, so the whole page shows one variant though the definitions
/// change meanwhile, and exposed once, however many parts of the page show it. Nothing of it throws or waits.
public final class VisitorExperiments: Sendable {
    private struct Memory {
        var variants: [ExperimentName: Variant] = [:]
        var exposed: Set<ExperimentName> = []
    }

    /// The visitor who asks.
    public let context: ExperimentContext
    private let store: ExperimentStore
    private let memory = Mutex(Memory())

    /// Begins a request.
    /// - Parameters:
    ///   - context: Who asks.
    ///   - store: What assigns and records.
    public init(_ context: ExperimentContext, in store: ExperimentStore) {
        self.context = context
        self.store = store
    }

    /// The variant that the visitor gets, the same for the whole request; assigning measures nothing.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - variantID: What is shown where the experiment is unknown.
    /// - Returns: The variant.
    public func variant(of experiment: String, default variantID: String = "control") -> Variant {
        memory.withLock { memory in
            let name = ExperimentName(experiment)
            if let known = memory.variants[name] { return known }
            let variant = store.assign(experiment, for: context, default: variantID)
            memory.variants[name] = variant
            return variant
        }
    }

    /// Records that the visitor was shown what ``variant(of:default:)`` answered; once a request, and nothing for an
    /// experiment that was not asked for.
    /// - Parameter experiment: The experiment's id.
    public func expose(_ experiment: String) {
        let variant = memory.withLock { memory -> Variant? in
            let name = ExperimentName(experiment)
            guard let variant = memory.variants[name], memory.exposed.insert(name).inserted else { return nil }
            return variant
        }
        // An unknown experiment has no exposures.
        guard let variant, store.knows(variant.experiment) else { return }
        store.expose(variant, to: context)
    }

    /// The variants of all experiments that run, as JSON for a front end: `{"button":"treatment"}`, keys in order.
    ///
    /// The front end tells the server what it has shown, and the server exposes that.
    /// - Returns: A JSON object of experiments and variants.
    public func json() -> String {
        let variants = memory.withLock { memory in
            for variant in store.assignAll(for: context) where memory.variants[variant.experiment] == nil {
                memory.variants[variant.experiment] = variant
            }
            return memory.variants.values.filter { $0.enrollment != .notRunning && store.knows($0.experiment) }
        }
        let texts = Dictionary(variants.map { ($0.experiment.text, $0.variantID.text) }) { first, _ in first }
        return JSONWriter.object(texts)
    }
}

extension ExperimentStore {
    /// Whether there is an experiment of that id.
    fileprivate func knows(_ experiment: ExperimentName) -> Bool { served.knows(experiment) }
}
