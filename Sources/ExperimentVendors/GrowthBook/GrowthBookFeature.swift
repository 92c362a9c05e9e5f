public import Experimentation

/// A feature of GrowthBook: a value for everybody, and rules that give other ones.
public struct GrowthBookFeature: Sendable, Hashable {
    /// The value where no rule decides.
    public let defaultValue: VendorValue
    /// The rules, in order.
    public let rules: [GrowthBookRule]

    /// What a feature answers.
    public struct Answer: Sendable, Hashable {
        /// What decided.
        public enum Source: String, Sendable, Hashable {
            case defaultValue, force, experiment
        }

        /// The value.
        public let value: VendorValue
        /// What decided.
        public let source: Source
        /// The key of the experiment that decided; nil otherwise.
        public let experiment: VendorName?
        /// Its decision; nil otherwise.
        public let decision: GrowthBookDecision?
    }

    /// Answers as GrowthBook's SDK does; conditions are taken as met.
    /// - Parameters:
    ///   - key: The feature's key.
    ///   - user: Whom it is about.
    ///   - options: What the SDKs of the team do where SDKs differ.
    /// - Returns: The answer.
    public func answer(_ key: VendorName, for user: GrowthBookUser, _ options: GrowthBookOptions = .init()) -> Answer {
        for rule in rules {
            switch rule {
            case .rollout(let rollout):
                guard rollout.takes(user, key, options) else { continue }
                return Answer(value: rollout.force, source: .force, experiment: nil, decision: nil)
            case .experiment(var experiment):
                if experiment.key.text.isEmpty { experiment.key = key }
                let decision = experiment.decide(for: user, encoding: options.encoding)
                guard let index = decision.variationIndex, !experiment.isPassthrough(index) else { continue }
                return Answer(
                    value: experiment.variations[index], source: .experiment, experiment: experiment.key,
                    decision: decision)
            }
        }
        return Answer(value: defaultValue, source: .defaultValue, experiment: nil, decision: nil)
    }
}

extension GrowthBookFeature {
    /// Reads a feature.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        defaultValue = fields.optional("defaultValue")?.value ?? .null
        rules = fields.optional("rules")?.list(GrowthBookRule.init) ?? []
        fields.noteUnread()
    }
}

extension GrowthBookRollout {
    fileprivate func takes(_ user: GrowthBookUser, _ feature: VendorName, _ options: GrowthBookOptions) -> Bool {
        guard filters.allSatisfy({ $0.admits(user, options.encoding) }) else { return false }
        guard range != nil || coverage != nil, var rule = hashed(feature, options) else { return true }
        guard let value = user.text(of: hashAttribute) else { return false }
        rule.settings.filters = []
        return GrowthBookBucketing(rule.settings, seed: rule.seed).index(of: value) != nil
    }
}
