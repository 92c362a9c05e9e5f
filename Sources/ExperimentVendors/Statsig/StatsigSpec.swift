public import Experimentation

/// A gate, an experiment or a layer as Statsig's config specs describe it: rules, the first that is met decides.
public struct StatsigSpec: Sendable, Hashable {
    /// A rule.
    public struct Rule: Sendable, Hashable {
        /// The rule's id.
        public let id: VendorName
        /// The group it stands for; nil for a rule that is no group.
        public let groupName: VendorName?
        /// What its share is hashed with: its salt, or its id where it has none.
        public let salt: String
        /// Its share, in percent.
        public let passPercentage: Double
        /// Which id of the user its share counts.
        public let idType: String
        /// What has to be met: all of them.
        public let conditions: [StatsigCondition]
        /// The value it gives.
        public let returnValue: VendorValue
        /// The experiment that decides in its place; nil for none.
        public let configDelegate: VendorName?
        /// Whether it is a group of an experiment.
        public let isExperimentGroup: Bool
    }

    /// The name.
    public let name: VendorName
    /// How often the spec was changed; nil where the file does not say.
    public package(set) var version: Int?
    /// The salt.
    public let salt: String
    /// Whether it decides anything.
    public let isEnabled: Bool
    /// The value where no rule gives one.
    public let defaultValue: VendorValue
    /// Which id of the user is the unit.
    public let idType: String
    /// What it is: `feature_gate`, `experiment`, `layer`, `dynamic_config`, `holdout` and so on.
    public let entity: String
    /// Whether an experiment runs; nil where the file does not say.
    public let isActive: Bool?
    /// The rules, in order.
    public let rules: [Rule]
}
