/// The algorithms a program can assign with, by name; the default one is always among them.
public struct AssignmentAlgorithms: Sendable {
    /// Makes what assigns the units of one phase.
    ///
    /// A maker is given the design of that phase, with ``Experiment/Design/settings``, and the seed in force. It throws
    /// ``ExperimentError/invalidContext(_:)``, naming `settings` or another field, where they do not fit.
    public typealias Maker =
        @Sendable (_ design: Experiment.Design, _ seed: String) throws(ExperimentError) -> any UnitAssigning

    /// Looks at a definition as it comes in, for what a ``Maker`` lets pass.
    ///
    /// Nobody asks about definitions that are stored already, so it may refuse what a maker has to go on reading, such as
    /// settings that nothing reads. It throws ``ExperimentError/invalidContext(_:)``, naming the field.
    public typealias NewDefinitionCheck = @Sendable (_ design: Experiment.Design) throws(ExperimentError) -> Void

    /// Only the default algorithm.
    public static let standard = AssignmentAlgorithms()

    private let makers: [AssignmentAlgorithm: Maker]
    private let newDefinitionChecks: [AssignmentAlgorithm: NewDefinitionCheck]

    /// Creates the default algorithm and others beside it.
    /// - Parameters:
    ///   - makers: The other algorithms, by name; one under the default one's name is left out, since that name stands
    ///     for the same answers in every program.
    ///   - newDefinitionChecks: What else definitions that come in must satisfy, by their algorithm's name.
    public init(
        _ makers: [AssignmentAlgorithm: Maker] = [:],
        checkingNew newDefinitionChecks: [AssignmentAlgorithm: NewDefinitionCheck] = [:]
    ) {
        self.makers = makers.filter { $0.key != .fnv1a64Fmix64 }
        self.newDefinitionChecks = newDefinitionChecks
    }

    /// The names of all, in alphabetical order.
    public var names: [AssignmentAlgorithm] {
        (makers.keys + [.fnv1a64Fmix64]).sorted { $0.rawValue < $1.rawValue }
    }

    /// The algorithm that assigns the units of a phase, made ready for its design and seed.
    func make(_ design: Experiment.Design, seed: Seed) throws(ExperimentError) -> any UnitAssigning {
        if let make = makers[design.algorithm] { return try make(design, seed.text) }
        guard design.algorithm == .fnv1a64Fmix64 else {
            throw .invalid("algorithm", "must be one of " + names.map(\.rawValue).joined(separator: ", "))
        }
        guard design.settings == nil else {
            throw .invalid("settings", "must be absent with the algorithm \(design.algorithm.rawValue)")
        }
        return DefaultAssignment(design.variants, seed: seed.text)
    }

    /// Checks a definition as it comes in: its algorithm is known and takes its settings.
    /// - Parameters:
    ///   - experiment: The definition.
    ///   - old: The one it takes the place of. Settings that this one has already are taken as they are, since a phase that
    ///     has started can have no others.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    public func check(_ experiment: Experiment, replacing old: Experiment? = nil) throws(ExperimentError) {
        let design = experiment.design
        _ = try make(design, seed: experiment.ownSeed)
        if let old = old?.design, old.algorithm == design.algorithm,
            AssignmentSettings.meanTheSame(old.settings, design.settings)
        {
            return
        }
        try newDefinitionChecks[design.algorithm]?(design)
    }
}
