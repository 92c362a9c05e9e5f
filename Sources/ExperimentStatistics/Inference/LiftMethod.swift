/// Method by which the interval of a lift is computed; the raw values are what reports write.
public enum LiftMethod: String, Sendable, Hashable, CaseIterable {
    /// Fieller's interval: excludes 0 exactly when the test of the difference rejects.
    case fieller
    /// The delta method's interval: symmetric, and at odds with the test where the control's mean is noisy.
    case delta
    /// The interval of the logarithm of the ratio: for positive means only.
    case logRatio = "log_ratio"
}
