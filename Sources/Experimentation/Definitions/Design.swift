extension Experiment {
    /// The part that assigns: who is counted, what a unit can get, and how its variant comes about.
    ///
    /// A phase of an experiment is a design with a number and the times between which it was in force. A value of this
    /// type is valid: one control, unique variant ids, at least one positive weight.
    public struct Design: Sendable, Hashable {
        /// The kind of unit that is counted: users or sessions.
        public let unit: ExperimentUnit
        /// The variants that a unit can get, in the order in which assignment walks the weights.
        public let variants: [VariantDefinition]
        /// The share of units that take part, in 0…1; raising the share moves nobody who is in.
        public let coverage: Double
        /// The range of a namespace whose units take part; nil for all units.
        public let namespace: NamespaceClaim?
        /// Testers, each with the variant it gets; in order of their ids' bytes.
        public let overrides: [VariantOverride]
        /// The named hash that assigns the units; stored with the phase, so that no upgrade moves anyone.
        public let algorithm: AssignmentAlgorithm
        /// The text that is hashed before the unit's id; nil for the experiment's id.
        public let seed: Seed?
        /// A JSON object of what another algorithm than the default one needs besides; the order of its keys means
        /// nothing.
        public let settings: AssignmentSettings?

        /// Creates a design and checks it.
        /// - Parameters:
        ///   - unit: Who is counted.
        ///   - variants: What a unit can get: 1 to 64, exactly one of them the control.
        ///   - coverage: The share of units that take part, in 0…1.
        ///   - namespace: The range of a namespace whose units take part.
        ///   - overrides: Testers, each unit once.
        ///   - algorithm: The named hash that assigns the units.
        ///   - seed: What is hashed before the unit's id: 1 to 128 bytes.
        ///   - settings: A JSON object of what the algorithm needs besides.
        /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
        public init(
            unit: ExperimentUnit = .user, variants: [VariantDefinition], coverage: Double = 1,
            namespace: NamespaceClaim? = nil, overrides: [VariantOverride] = [],
            algorithm: AssignmentAlgorithm = .fnv1a64Fmix64, seed: String? = nil, settings: String? = nil
        ) throws(ExperimentError) {
            self.init(
                unchecked: unit, variants, coverage, namespace, overrides, algorithm, seed.map { Seed($0) },
                settings.map(AssignmentSettings.init(json:)))
            if let broken = brokenRules.first { throw broken }
        }

        /// Creates a design that may break rules; whoever does looks at `brokenRules` before the value leaves.
        init(
            unchecked unit: ExperimentUnit, _ variants: [VariantDefinition], _ coverage: Double,
            _ namespace: NamespaceClaim?, _ overrides: [VariantOverride], _ algorithm: AssignmentAlgorithm,
            _ seed: Seed?, _ settings: AssignmentSettings?
        ) {
            self.unit = unit
            self.variants = variants
            self.coverage = coverage
            self.namespace = namespace
            self.overrides = overrides.isEmpty ? [] : overrides.sorted { $0.unitID < $1.unitID }
            self.algorithm = algorithm
            self.seed = seed
            self.settings = settings
        }

        /// The variant that the others are compared with.
        public var control: VariantDefinition { variants[controlIndex] }

        /// The control's position among ``variants``.
        package var controlIndex: Int { variants.firstIndex(where: \.isControl) ?? 0 }

        /// The variant of an id, or else the control.
        func variant(_ id: VariantName?) -> VariantDefinition {
            id.flatMap { id in variants.first { $0.variantID == id } } ?? control
        }

        /// Whether an id is one of the variants'.
        package func hasVariant(_ id: VariantName) -> Bool { variants.contains { $0.variantID == id } }
    }
}

extension Experiment.Design {
    /// Every rule that what was given breaks.
    var brokenRules: [ExperimentError] {
        var broken: [ExperimentError] = []
        checkVariants(&broken)
        if !(0...1 ~= coverage) { broken.append(.invalid("coverage", "must be at least 0 and at most 1")) }
        checkOverrides(&broken)
        if let seed { broken.check { () throws(ExperimentError) in try Rules.checkName(seed, field: "seed") } }
        checkSettings(&broken)
        return broken
    }

    private func checkVariants(_ broken: inout [ExperimentError]) {
        guard !variants.isEmpty else { return broken.append(.invalid("variants", "must not be empty")) }
        if variants.count > Rules.maximumVariants {
            broken.append(.invalid("variants", "must be at most \(Rules.maximumVariants)"))
        }
        for variant in variants {
            broken.check { () throws(ExperimentError) in try Rules.checkName(variant.variantID, field: "variant_id") }
        }
        if !Self.areUnique(variants, { $0.variantID }) {
            broken.append(.invalid("variant_id", "must be unique in its experiment"))
        }
        if variants.count(where: \.isControl) != 1 {
            broken.append(.invalid("is_control", "must be set on exactly one variant"))
        }
        guard variants.allSatisfy({ $0.weight.isFinite && $0.weight >= 0 }) else {
            return broken.append(.invalid("weight", "must be finite and not negative"))
        }
        let total = variants.reduce(0) { $0 + $1.weight }
        if !(total > 0 && total.isFinite) { broken.append(.invalid("weight", "must have a positive, finite total")) }
    }

    private func checkOverrides(_ broken: inout [ExperimentError]) {
        for override in overrides {
            broken.check { () throws(ExperimentError) in
                try Rules.checkUnitID(override.unitID, field: "override unit_id")
                guard hasVariant(override.variantID) else {
                    throw .invalid("override variant_id", "must be one of the experiment's variants")
                }
            }
        }
        if !Self.areUnique(overrides, { $0.unitID }) { broken.append(.invalid("override unit_id", "must be unique")) }
    }

    /// Only the outside is looked at; the algorithm reads the rest.
    private func checkSettings(_ broken: inout [ExperimentError]) {
        guard let settings else { return }
        let json = settings.json.utf8
        if json.first != UInt8(ascii: "{") || json.last != UInt8(ascii: "}") {
            broken.append(.invalid("settings", "must be a JSON object"))
        }
    }

    /// Whether no two ids have the same bytes; a few are compared pair by pair, which is quicker than hashing them.
    private static func areUnique<Part, Of>(_ parts: [Part], _ id: (Part) -> Name<Of>) -> Bool {
        guard parts.count > 8 else {
            return parts.indices.allSatisfy { index in
                parts[..<index].allSatisfy { id($0) != id(parts[index]) }
            }
        }
        return Set(parts.map(id)).count == parts.count
    }
}

/// A variant that an experiment assigns.
public struct VariantDefinition: Sendable, Hashable {
    /// The variant's id, unique in its experiment: 1 to 128 bytes.
    public let variantID: VariantName
    /// The variant's share relative to the other weights: finite, 0 or more; 0 is never assigned.
    public let weight: Double
    /// Whether the others are compared with this one.
    public let isControl: Bool

    /// Creates a variant; ``Experiment`` checks it together with the others.
    /// - Parameters:
    ///   - variantID: The variant's id.
    ///   - weight: Its share relative to the other weights.
    ///   - isControl: Whether the others are compared with this one.
    public init(_ variantID: String, weight: Double = 1, isControl: Bool = false) {
        self.variantID = VariantName(variantID)
        self.weight = weight
        self.isControl = isControl
    }
}

/// A tester: a unit that gets a variant whatever the hash says, and never enters the results.
public struct VariantOverride: Sendable, Hashable {
    /// The user's or session's id, as the experiment's unit says: 1 to 1,024 bytes.
    public let unitID: UnitID
    /// The variant it gets.
    public let variantID: VariantName

    /// Creates an override; ``Experiment`` checks it.
    /// - Parameters:
    ///   - unitID: The user's or session's id.
    ///   - variantID: The variant it gets.
    public init(unitID: String, variantID: String) {
        self.unitID = UnitID(unitID)
        self.variantID = VariantName(variantID)
    }
}

/// The kind of unit that an experiment counts, and the id by which units are assigned.
public enum ExperimentUnit: String, Sendable, Hashable, CaseIterable, Codable {
    /// A user, by `userID`.
    case user
    /// A session, by `sessionID`.
    case session
}
