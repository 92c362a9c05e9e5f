import Experimentation

/// What a phase that assigns as Statsig does has to know beside the experiment's salt, which is its seed.
public struct StatsigSettings: Sendable, Hashable, Encodable {
    /// A gate that comes before the experiment: a holdout, which shuts out whom it passes, or a target, which shuts out
    /// whom it fails.
    public struct Gate: Sendable, Hashable, Encodable {
        /// The gate's salt.
        public var salt: String
        /// The salt of its rule.
        public var ruleSalt: String
        /// The share it passes, in percent.
        public var passPercentage: Double
        /// Whether it is a holdout.
        public var isHoldout: Bool

        /// Creates a gate.
        /// - Parameters:
        ///   - salt: The gate's salt.
        ///   - ruleSalt: The salt of its rule.
        ///   - passPercentage: The share it passes, in percent.
        ///   - isHoldout: Whether it is a holdout.
        public init(salt: String, ruleSalt: String, passPercentage: Double, isHoldout: Bool) {
            self.salt = salt
            self.ruleSalt = ruleSalt
            self.passPercentage = passPercentage
            self.isHoldout = isHoldout
        }
    }

    /// Some buckets of one hash.
    public struct Slot: Sendable, Hashable, Encodable {
        /// The salt of the hash.
        public var salt: String
        /// The buckets.
        public var buckets: StatsigBuckets

        /// Creates a slot.
        /// - Parameters:
        ///   - salt: The salt of the hash.
        ///   - buckets: The buckets.
        public init(salt: String, buckets: StatsigBuckets) {
            self.salt = salt
            self.buckets = buckets
        }
    }

    /// Gates that come before the experiment.
    public var gates: [Gate]
    /// Slots that shut out whoever is in them: everything but the buckets allocated to the experiment.
    public var exclusions: [Slot]
    /// The buckets of each group, in order, hashed with the experiment's salt; the first that holds the unit decides.
    public var groups: [StatsigBuckets]

    /// Creates settings.
    /// - Parameters:
    ///   - gates: Gates that come before the experiment.
    ///   - exclusions: Slots that shut out whoever is in them.
    ///   - groups: The buckets of each group, in order.
    public init(gates: [Gate] = [], exclusions: [Slot] = [], groups: [StatsigBuckets]) {
        self.gates = gates
        self.exclusions = exclusions
        self.groups = groups
    }
}

extension StatsigSettings {
    /// Reads the settings of a phase, in the order in which they are stored.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        exclusions = fields.required("exclusions").list(Slot.init)
        gates = fields.required("gates").list(Gate.init)
        groups = fields.required("groups").list(StatsigBuckets.init)
        fields.noteUnread()
    }
}

extension StatsigSettings.Gate {
    /// Reads a gate.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        isHoldout = fields.required("isHoldout").flag
        passPercentage = fields.required("passPercentage").number
        ruleSalt = fields.required("ruleSalt").text
        salt = fields.required("salt").text
        fields.noteUnread()
    }
}

extension StatsigSettings.Slot {
    /// Reads a slot.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        buckets = StatsigBuckets(fields.required("buckets"))
        salt = fields.required("salt").text
        fields.noteUnread()
    }
}
