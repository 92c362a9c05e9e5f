import ExperimentPlatform

/// A sample ratio test that may be looked at every night.
///
/// The Bayes factor of the counts under any shares, Dirichlet-distributed around the promised ones, against exactly those.
/// Its inverse is a p-value that holds at every look, and depends on the counts only. The logarithm of the factor is
/// written as a deviance plus what Stirling's formula leaves out, so that it keeps its digits at any count.
///
/// Source: M. Lindon, A. Malek, "Anytime-Valid Inference for Multinomial Count Data", NeurIPS 2022, arXiv 2011.03567.
public struct SequentialSampleRatioTest: Sendable, Hashable {
    /// Whether the test could be made.
    public let status: SampleRatioTest.Status
    /// The natural logarithm of the Bayes factor; positive against the promised shares.
    public let logBayesFactor: Double?
    /// The probability of ever seeing such a factor by chance.
    public let pValue: Double?
    /// The natural logarithm of the p-value.
    public let logPValue: Double?

    /// Tests the variants.
    /// - Parameters:
    ///   - variants: Every variant; those of weight zero don't count.
    ///   - concentration: How closely the alternative gathers around the promised shares.
    public init(_ variants: [SampleRatioTest.Variant], concentration: Double = 10_000) {
        let variants = variants.filter { $0.weight > 0 }
        let weight = variants.reduce(0) { $0 + $1.weight }
        let units = Double(variants.reduce(0) { $0 + $1.count })
        guard variants.count > 1 else {
            (status, logBayesFactor, pValue, logPValue) = (.insufficientData, nil, nil, nil)
            return
        }
        let total = concentration + units
        var sum = Stirling.error(concentration) - Stirling.error(total) + 0.5 * log(total / concentration)
        for variant in variants {
            let prior = concentration * variant.weight / weight
            let posterior = prior + Double(variant.count)
            sum += Stirling.deviance(posterior, from: total * variant.weight / weight)
            sum += Stirling.error(posterior) - Stirling.error(prior) - 0.5 * log(posterior / prior)
        }
        status = .ok
        logBayesFactor = sum
        logPValue = min(0, -sum)
        pValue = exp(min(0, -sum))
    }

    /// Whether the p-value is below ``SampleRatioTest/threshold``.
    public var isMismatch: Bool { (pValue ?? 1) < SampleRatioTest.threshold }
}
