public import Experimentation

/// What Optimizely answers for a user and a flag.
public struct OptimizelyDecision: Sendable, Hashable {
    /// The variation's key.
    public let variation: VendorName
    /// The key of the experiment, rule or holdout that decided.
    public let rule: VendorName
}
