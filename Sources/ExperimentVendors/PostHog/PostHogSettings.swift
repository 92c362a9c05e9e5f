import Experimentation

/// What a phase that assigns as PostHog does has to know beside the flag's key, which is its seed.
public struct PostHogSettings: Sendable, Hashable, Encodable {
    /// A condition set without its properties.
    public struct Condition: Sendable, Hashable, Encodable {
        /// The share that is in, in percent; nil for everybody.
        public var rollout: Double?
        /// The position of the variant that those who are in get; nil for a split.
        public var variant: Int?

        /// Creates a set.
        /// - Parameters:
        ///   - rollout: The share that is in, in percent.
        ///   - variant: The position of the variant that those who are in get.
        public init(rollout: Double? = nil, variant: Int? = nil) {
            self.rollout = rollout
            self.variant = variant
        }
    }

    /// The share of all ids that is held out, in percent; nil for nobody.
    public var holdout: Double?
    /// The condition sets, in order; the first whose rollout takes the unit decides.
    public var conditions: [Condition]
    /// The share of each variant, in percent.
    public var variants: [Double]

    /// Creates settings.
    /// - Parameters:
    ///   - holdout: The share of all ids that is held out, in percent.
    ///   - conditions: The condition sets, in order.
    ///   - variants: The share of each variant, in percent.
    public init(holdout: Double? = nil, conditions: [Condition] = [Condition()], variants: [Double]) {
        self.holdout = holdout
        self.conditions = conditions
        self.variants = variants
    }
}

extension PostHogSettings {
    /// Reads the settings of a phase, in the order in which they are stored.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        conditions = fields.required("conditions").list(Condition.init)
        holdout = fields.optional("holdout")?.number
        variants = fields.required("variants").list(\.number)
        fields.noteUnread()
    }
}

extension PostHogSettings.Condition {
    /// Reads a set.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        rollout = fields.optional("rollout")?.number
        variant = fields.optional("variant")?.whole
        fields.noteUnread()
    }
}
