/// A test whether the variants got the shares of units that their weights promise.
///
/// Pearson's χ² over the variants of positive weight. A mismatch means that units were lost or assigned wrongly; no other
/// result of the experiment can then be trusted. Source of the threshold: A. Fabijan et al., "Diagnosing Sample Ratio
/// Mismatch in Online Controlled Experiments", KDD 2019.
public struct SampleRatioTest: Sendable, Hashable {
    /// One variant: the units it got and its weight.
    public struct Variant: Sendable, Hashable {
        /// The units it got.
        public let count: Int
        /// Weight of the variant, at least 0; only ratios of weights matter.
        public let weight: Double

        /// Creates a variant.
        /// - Parameters:
        ///   - count: The units it got.
        ///   - weight: Its weight, at least 0.
        public init(count: Int, weight: Double) {
            self.count = count
            self.weight = weight
        }
    }

    /// Whether the test could be made; the raw values are what reports write.
    public enum Status: String, Sendable, Hashable {
        /// The test could be made.
        case ok
        /// Fewer than two variants of positive weight, or one of them expects fewer than five units.
        case insufficientData = "insufficient_data"
    }

    /// A p-value below is a mismatch.
    public static let threshold = 0.0005

    /// Whether the test could be made.
    public let status: Status
    /// Σ(observed − expected)²/expected; nil without units or with fewer than two variants.
    public let chiSquared: Double?
    /// Variants of positive weight − 1.
    public let degreesOfFreedom: Int
    /// The probability of a larger χ² by chance; nil without enough data.
    public let pValue: Double?
    /// The natural logarithm of the p-value.
    public let logPValue: Double?
    /// Units in variants of weight zero, which should have none.
    public let unexpectedUnits: Int

    /// Tests the variants.
    /// - Parameter variants: Every variant; those of weight zero don't enter χ².
    public init(_ variants: [Variant]) {
        let expected = variants.filter { $0.weight > 0 }
        let units = expected.reduce(0) { $0 + $1.count }
        let weight = expected.reduce(0) { $0 + $1.weight }
        unexpectedUnits = variants.reduce(0) { $0 + $1.count } - units
        degreesOfFreedom = max(0, expected.count - 1)
        guard expected.count > 1, units > 0 else {
            (status, chiSquared, pValue, logPValue) = (.insufficientData, nil, nil, nil)
            return
        }
        var sum = 0.0
        for variant in expected {
            // observed − expected to the last digit: the two may agree in nearly all of them.
            let excess = ExactProduct.centred(
                Double(variant.count), minus: Double(units), times: variant.weight, over: weight)
            sum += excess * excess / (Double(units) * variant.weight / weight)
        }
        chiSquared = sum
        guard expected.allSatisfy({ Double(units) * $0.weight / weight >= 5 }) else {
            (status, pValue, logPValue) = (.insufficientData, nil, nil)
            return
        }
        let distribution = ChiSquared(degreesOfFreedom: degreesOfFreedom)
        status = .ok
        pValue = distribution.upperTail(sum)
        logPValue = distribution.logUpperTail(sum)
    }

    /// Whether the p-value is below ``threshold``; ``unexpectedUnits`` are a fault of their own.
    public var isMismatch: Bool { (pValue ?? 1) < Self.threshold }
}
