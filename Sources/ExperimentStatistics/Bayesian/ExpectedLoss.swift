/// Average loss of each decision where it is the wrong one, in the unit of the posterior.
public struct ExpectedLoss: Sendable, Hashable {
    /// Loss by keeping the control although the treatment is better.
    public let keepingControl: Double
    /// Loss by shipping the treatment although the control is better.
    public let shippingTreatment: Double

    /// Creates a loss.
    /// - Parameters:
    ///   - keepingControl: By keeping the control although the treatment is better.
    ///   - shippingTreatment: By shipping the treatment although the control is better.
    public init(keepingControl: Double, shippingTreatment: Double) {
        self.keepingControl = keepingControl
        self.shippingTreatment = shippingTreatment
    }
}
