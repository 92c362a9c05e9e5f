/// An effect with less noise: what a covariate from before the exposure predicts is taken out of the outcome (CUPED).
///
/// The covariate x, usually the same metric before the first exposure, cannot be changed by the treatment, so y − θx has
/// the same effect as y. θ = S_xy/S_xx over both variants together makes its variance smallest. The lift stays relative to
/// the raw control mean; both share noise, which the covariance takes into account.
///
/// Source: A. Deng, Y. Xu, R. Kohavi, T. Walker, "Improving the Sensitivity of Online Controlled Experiments by Utilizing
/// Pre-Experiment Data", WSDM 2013.
public struct CovariateAdjustment: Sendable, Hashable {
    /// A p-value of ``imbalance`` below says that the variants differed before the experiment began.
    public static let imbalanceThreshold = 0.001

    /// θ, the slope of the outcome on the covariate; 0 where the covariate doesn't vary.
    public let slope: Double
    /// The effect on the adjusted outcome.
    public let effect: Effect
    /// The effect on the outcome as it is.
    public let unadjusted: Effect
    /// The difference of the covariate, which nothing but chance or a fault can have made.
    public let imbalance: Effect

    /// Creates the adjustment.
    /// - Parameters:
    ///   - control: The control's units, outcome first, covariate second.
    ///   - treatment: The treatment's units, likewise.
    public init(control: BivariateAggregate, treatment: BivariateAggregate) {
        self.init(control: control, treatment: treatment, slope: control.merged(with: treatment).slope)
    }

    /// Creates the adjustment of a ratio by the past of its parts.
    ///
    /// Both are linearised, G = (Y − R·X)/x̄ and H = (P − S·O)/ō. θ = cov(G, H)/var(H) with R, S, means and moments of both
    /// variants pooled; the difference is R_T − R_C − θ·(S_T − S_C), its variance that of G − θH with each variant's own R,
    /// S and means. Where a variant's past denominators are all 0 nothing is adjusted.
    ///
    /// Source: A. Deng, U. Knoblich, J. Lu, "Applying the Delta Method in Metric Analytics", KDD 2018, arXiv 1803.06336.
    /// - Parameters:
    ///   - control: The control's units.
    ///   - treatment: The treatment's units.
    public init(control: RatioAggregate, treatment: RatioAggregate) {
        self.init(
            control.linearized, treatment.linearized, all: control.merged(with: treatment).linearized,
            unadjusted: .ratios(control: control.parts, treatment: treatment.parts),
            imbalance: .ratios(control: control.past, treatment: treatment.past))
    }

    /// Creates the adjustment of a ratio by the past of its parts, from sums without rounding.
    ///
    /// As ``init(control:treatment:)-(RatioAggregate,_)``, and exact also where the parts are nearly proportional.
    /// - Parameters:
    ///   - control: The control's units.
    ///   - treatment: The treatment's units.
    public init(control: RatioMomentSums, treatment: RatioMomentSums) {
        self.init(
            control.linearized, treatment.linearized, all: control.merged(with: treatment).linearized,
            unadjusted: .ratios(control: control.aggregate.parts, treatment: treatment.aggregate.parts),
            imbalance: .ratios(control: control.aggregate.past, treatment: treatment.aggregate.past))
    }

    private init(
        _ control: BivariateAggregate?, _ treatment: BivariateAggregate?, all: BivariateAggregate?,
        unadjusted: @autoclosure () -> Effect, imbalance: @autoclosure () -> Effect
    ) {
        guard let control, let treatment, let all else {
            let effect = unadjusted()
            self.init(slope: 0, effect: effect, unadjusted: effect, imbalance: imbalance())
            return
        }
        self.init(control: control, treatment: treatment, slope: all.slope)
    }

    /// Creates the adjustment with a slope that is known, such as that of all units for the units of a segment.
    /// - Parameters:
    ///   - control: The control's units, outcome first, covariate second.
    ///   - treatment: The treatment's units, likewise.
    ///   - slope: θ.
    public init(control: BivariateAggregate, treatment: BivariateAggregate, slope: Double) {
        self.slope = slope
        unadjusted = .means(control: control.first, treatment: treatment.first)
        imbalance = .means(control: control.second, treatment: treatment.second)
        guard let adjustedControl = Estimate(control, slope: slope),
            let adjustedTreatment = Estimate(treatment, slope: slope), unadjusted.status != .outOfRange
        else {
            effect = unadjusted
            return
        }
        // Cov(adjusted control mean, raw control mean), with the sign of d's control part and of |m|.
        let shared = ((control.first.variance ?? 0) - slope * (control.covariance ?? 0)) / Double(control.count)
        effect = Effect(
            control: adjustedControl, treatment: adjustedTreatment, baseline: unadjusted.baseline,
            baselineVariance: unadjusted.baselineVariance, covariance: control.first.mean < 0 ? shared : -shared,
            units: unadjusted.units)
    }

    private init(slope: Double, effect: Effect, unadjusted: Effect, imbalance: Effect) {
        self.slope = slope
        self.effect = effect
        self.unadjusted = unadjusted
        self.imbalance = imbalance
    }

    /// The share of the difference's variance that the adjustment saves; negative where it costs, nil without variance.
    public var varianceReduction: Double? {
        guard effect.status == .ok || effect.status == .zeroVariance, unadjusted.differenceVariance > 0 else {
            return nil
        }
        return 1 - effect.differenceVariance / unadjusted.differenceVariance
    }

    /// The treatment's mean to show beside the control's raw mean, so that the table adds up.
    public var displayedTreatmentMean: Double? {
        effect.status == .ok ? unadjusted.control.value + effect.difference : nil
    }
}

extension BivariateAggregate {
    /// S_yx/S_xx, or 0 where x doesn't vary by more than rounding, such as a past ratio that is the same for every unit.
    fileprivate var slope: Double {
        let rounding = abs(second.mean) * 0x1p-44
        guard let spread = second.variance, spread > rounding * rounding else { return 0 }
        return (covariance ?? 0) / spread
    }
}

extension Estimate {
    /// The mean of y − θx, or nil below two units.
    fileprivate init?(_ pair: BivariateAggregate, slope: Double) {
        guard let outcome = pair.first.variance, let covariate = pair.second.variance, let covariance = pair.covariance
        else { return nil }
        let parts = outcome + slope * slope * covariate
        let variance = parts - 2 * slope * covariance
        // A covariate that is the outcome leaves rounding, not noise.
        self.init(
            value: pair.first.mean - slope * pair.second.mean,
            sampleVariance: variance > 8 * parts.ulp ? variance : 0, count: pair.count)
    }
}
