public import Experimentation

/// What Statsig answers for a user and a spec.
public struct StatsigEvaluation: Sendable, Hashable {
    /// The value; of a gate `true` or `false`.
    public let value: VendorValue
    /// The id of the rule that decided, `default` or `disabled`.
    public let ruleID: VendorName
    /// The group the user is in; nil for none.
    public let groupName: VendorName?
}
