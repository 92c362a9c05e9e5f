/// What a phase that assigns as Statsig does has to know beside the experiment's salt, which is its seed.
public struct StatsigSettings: Sendable, Hashable, Codable {
    /// A gate that comes before the experiment: a holdout, which shuts out whom it passes, or a target, which shuts out
    /// whom it fails.
    public struct Gate: Sendable, Hashable, Codable {
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
    public struct Slot: Sendable, Hashable, Codable {
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
