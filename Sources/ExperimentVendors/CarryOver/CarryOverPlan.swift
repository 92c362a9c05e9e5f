public import Experimentation

/// What moving in from a vendor's file would do: the experiments that come along, and everything that does not.
///
/// Nothing of the file is dropped silently: what is in no experiment is in an item.
public struct CarryOverPlan: Sendable {
    /// Something that does not come along as it is.
    public struct Item: Sendable, Hashable, CustomStringConvertible {
        /// How much of it is lost.
        public enum Outcome: String, Sendable, Hashable, CaseIterable {
            /// The experiment comes along; the caller has to see to this part of it.
            case approximated
            /// It does not come along.
            case refused
        }

        /// Where it is in the file, such as `features.checkout.rules[0].condition`.
        public let path: String
        /// How much of it is lost.
        public let outcome: Outcome
        /// Why, and what to do about it.
        public let reason: String

        /// The item on one line.
        public var description: String { "\(path): \(outcome.rawValue): \(reason)" }
    }

    /// The experiments, in the order of the file; each assigns as the vendor does.
    public internal(set) var experiments: [Experiment] = []
    /// What does not come along as it is, in the order of the file; fields that are not known come last.
    public internal(set) var items: [Item] = []
    /// Where each experiment is among ``experiments``, by its id.
    private var positions: [ExperimentName: Int] = [:]
}

extension CarryOverPlan {
    /// The experiment of an id.
    func experiment(_ id: ExperimentName) -> Experiment? { positions[id].map { experiments[$0] } }

    /// An experiment of an id that no other has.
    mutating func add(_ experiment: Experiment) {
        positions[experiment.id] = experiments.count
        experiments.append(experiment)
    }

    /// A part of an experiment that the caller has to see to.
    mutating func approximate(_ path: String, _ reason: String) {
        items.append(Item(path: path, outcome: .approximated, reason: reason))
    }

    /// Something that does not come along.
    mutating func refuse(_ path: String, _ reason: String) {
        items.append(Item(path: path, outcome: .refused, reason: reason))
    }

    /// Fields that this library does not know, by their paths.
    mutating func approximate(unknown fields: [String]) {
        for path in fields { approximate(path, "this library does not know the field and did not read it") }
    }

    /// The unit is neither a user nor a session of this library's.
    mutating func approximate(_ path: String, countedBy name: String) {
        approximate(path, "units are counted by \(name): pass its value as the user's id")
    }
}

extension CarryOverPlan {
    /// The experiments as a plugin without a store, which assigns as the vendor does.
    ///
    /// A store opened with the same algorithms, ``Experimentation/AssignmentAlgorithms/vendors``, assigns the same.
    /// - Returns: The plugin.
    /// - Throws: ``Experimentation/ExperimentError/invalidContext(_:)`` never for a plan made from a file.
    public func plugin() throws(ExperimentError) -> HashExperimentPlugin {
        try HashExperimentPlugin(experiments, algorithms: .vendors)
    }
}
