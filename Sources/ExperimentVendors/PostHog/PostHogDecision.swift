public import Experimentation

/// What PostHog answers for a user and a flag.
public enum PostHogDecision: Sendable, Hashable {
    /// The flag is off.
    case off
    /// The flag is on, without a variant.
    case on
    /// The flag has this variant.
    case variant(VendorName)
    /// The user is held out, by the holdout of this number.
    case heldOut(Int)
}
