/// How a p-value and its intervals were computed; the raw values are what reports write.
public enum InferenceMethod: String, Sendable, Hashable, CaseIterable {
    /// Welch's t test, with Fieller's interval of the lift.
    case welch
}
