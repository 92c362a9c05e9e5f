import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// One treatment's effect in one metric as the cells of a row: every format shows these.
struct EffectRow: Sendable, Hashable {
    let metric: MetricResult
    let comparison: Comparison
    let control: MetricResult.Variant
    let treatment: MetricResult.Variant
    /// Whether the metric is the first of those that decide.
    let isPrimary: Bool

    /// Smallest lift of the first goal that would matter; nil for any.
    let minimumLift: Double?

    init?(
        _ metric: MetricResult, _ comparison: Comparison, control: VariantName, isPrimary: Bool,
        minimumLift: Double? = nil
    ) {
        self.init(metric, comparison, metric.variants, control: control, isPrimary: isPrimary, minimumLift)
    }

    /// A guardrail over all units so far, as its harm is looked for; nil where every unit is settled.
    init?(soFar metric: MetricResult, _ variantID: VariantName, control: VariantName) {
        guard let soFar = metric.soFar, let comparison = soFar.comparison(with: variantID) else { return nil }
        self.init(metric, comparison, soFar.variants, control: control, isPrimary: false, nil)
    }

    private init?(
        _ metric: MetricResult, _ comparison: Comparison, _ variants: [MetricResult.Variant], control: VariantName,
        isPrimary: Bool, _ minimumLift: Double?
    ) {
        guard let first = variants.first(where: { $0.variantID == control }),
            let second = variants.first(where: { $0.variantID == comparison.variantID })
        else { return nil }
        (self.metric, self.comparison, self.control, treatment) = (metric, comparison, first, second)
        self.isPrimary = isPrimary
        self.minimumLift = isPrimary ? minimumLift : nil
    }

    // MARK: What the metric is

    /// `guardrail, at most 2% worse`, `secondary, less is better`.
    var role: String {
        var words: [String]
        switch metric.role {
        case .goal: words = [isPrimary ? "first goal" : "goal"]
        case .guardrail: words = ["guardrail"]
        case .secondary: words = ["secondary"]
        }
        if let minimumLift { words.append("\(NumberText.level(minimumLift)) would matter") }
        if let margin = metric.margin { words.append("at most \(NumberText.level(margin)) worse") }
        if metric.direction == .decrease { words.append("lower is better") }
        if let computed { words.append(computed) }
        if let unit = metric.definition.measurementUnit { words.append("in \(unit.text)") }
        return words.joined(separator: ", ")
    }

    /// Parts that a ratio or a quantile is computed from: `revenue ÷ orders`, `0.95 quantile of latency`.
    private var computed: String? {
        switch metric.definition.statistic {
        case .mean: nil
        case .ratio(let ratio): "\(ratio.numerator.name) ÷ \(ratio.denominator.name)"
        case .quantile(let quantile):
            "\(quantile.level) quantile of \(quantile.population == .events ? "every " : "")\(quantile.metric.name)"
        }
    }

    var scale: MetricScale { MetricScale(metric.definition) }

    func mean(_ variant: MetricResult.Variant) -> String { ResultText.mean(variant, metric) }

    // MARK: What it did

    /// The interval of the effect that decides, for one look.
    var oneLook: Interval? { comparison.estimate.liftInterval }
    /// The interval that holds at every look.
    var always: Interval? { comparison.alwaysValid?.liftInterval }
    var lift: Double? { comparison.estimate.lift }

    /// Decimal places of the lifts: one precision for the whole row.
    var decimals: Int {
        let clear = [oneLook, always].compactMap(\.self).filter { $0.lower > 0 || $0.upper < 0 }
        return NumberText.decimals(oneLook, clearOf: clear.flatMap { [$0.lower, $0.upper] })
    }

    var liftText: String { lift.map { NumberText.lift($0, decimals: decimals) } ?? "–" }

    /// The lift; where it has none, the difference.
    var effectText: String {
        guard lift == nil, let difference = comparison.estimate.difference else { return liftText }
        return NumberText.difference(difference, scale)
    }

    /// The lift of the two means beside it, where what units did before makes the one that decides another: `+22.7%`.
    var meansAlone: String? {
        guard comparison.basis == .adjusted, lift != nil, let raw = comparison.inference.lift else { return nil }
        let text = NumberText.lift(raw, decimals: decimals)
        return text == liftText ? nil : text
    }

    /// The interval for one look; that of the difference where the lift has none.
    var oneLookText: String {
        if let oneLook { return NumberText.lift(oneLook, decimals: decimals) }
        guard let difference = comparison.estimate.differenceInterval else { return "–" }
        return "difference \(NumberText.difference(difference, scale))"
    }

    /// The interval that holds at every look, or why there is none.
    var alwaysText: String {
        guard let alwaysValid = comparison.alwaysValid else {
            return hasUnits ? ResultText.noSequence(comparison) : "–"
        }
        if let always { return NumberText.lift(always, decimals: decimals) }
        guard let difference = alwaysValid.differenceInterval else { return ResultText.noSequence(comparison) }
        return "difference \(NumberText.difference(difference, scale))"
    }

    /// An interval for a sentence: `between +4.1 and +42.8%`, of the difference where the lift has none; nil without either.
    func between(_ inference: Inference?) -> String? {
        if let interval = inference?.liftInterval {
            return "between " + NumberText.lift(interval, decimals: decimals, joint: " and ")
        }
        return inference?.differenceInterval.map { "between " + NumberText.difference($0, scale, joint: " and ") }
    }

    /// The same as what is still possible: `anything from −15 to +73%`, `any difference from −2.1 to +4.8 points`.
    func possible(_ inference: Inference?) -> String? {
        if let interval = inference?.liftInterval {
            return "anything from " + NumberText.lift(interval, decimals: decimals)
        }
        return inference?.differenceInterval.map { "any difference from " + NumberText.difference($0, scale) }
    }

    private var hasUnits: Bool {
        comparison.inference.status != .insufficientData && comparison.inference.status != .immature
    }

    // MARK: How it reads

    /// Whether the interval that holds at every look is clear of zero, or of the limit.
    var isClear: Bool { tone != .none }

    var tone: Tone {
        switch comparison.reading {
        case .better: .good
        case .worse, .marginBroken: .bad
        case .notYet, .unclear, .higher, .lower, .withinMargin, .marginNotClear: .none
        }
    }

    /// The reading in words.
    var reading: String {
        guard hasResult else { return "no result" }
        if isTooSmall { return "no difference that matters" }
        // Of a metric that is only recorded nobody said which way is better.
        guard comparison.reading == .notYet, metric.role != .secondary,
            let size = lift ?? comparison.estimate.difference
        else { return ResultText.reading(comparison.reading) }
        return "\((size > 0) == (metric.direction == .increase) ? "promising" : "worrying"), not proven"
    }

    /// A remark on a reading in grey: nobody said that higher is better; nil of others.
    var remark: String? {
        switch comparison.reading {
        case .higher: hasResult ? "nobody said that higher is better" : nil
        case .lower: hasResult ? "nobody said that lower is worse" : nil
        default: nil
        }
    }

    /// Whether there is an effect to be read.
    private var hasResult: Bool {
        switch comparison.inference.status {
        case .immature, .insufficientData, .zeroVariance, .denominatorZero, .outOfRange: false
        default: true
        }
    }

    /// Whether the whole interval that holds at every look lies inside what would not matter.
    private var isTooSmall: Bool {
        guard let minimumLift, let always, tone == .none else { return false }
        return always.lower > -minimumLift && always.upper < minimumLift
    }

    // MARK: As a picture

    var margin: ForestRow.Margin? {
        metric.margin.map { margin in
            let isUpper = metric.direction == .decrease
            return ForestRow.Margin(value: isUpper ? margin : -margin, isUpper: isUpper)
        }
    }

    /// The row's picture, a guardrail's on a scale of its own unless the axis is shared: rows of different experiments are compared.
    func forest(_ axis: Axis, isShared: Bool = false) -> ForestRow {
        ForestRow(
            axis: (isShared ? nil : ownAxis(axis)) ?? axis, estimate: lift, oneLook: oneLook, always: always,
            tone: tone, margin: margin, zone: minimumLift,
            isUnbounded: isUnbounded, reason: reasonForNoPicture)
    }

    /// A guardrail's own scale, from zero to twice its margin, where the scale of the card would make a dot of it; zero stays
    /// where it is in the other rows.
    func ownAxis(_ axis: Axis) -> Axis? {
        guard let margin, margin.value != 0, axis.shows(margin.value) else { return nil }
        let ends = [oneLook?.lower, oneLook?.upper, always?.lower, always?.upper, lift].compactMap(\.self)
        // An interval much wider than the margin ends in an arrow, as on any axis.
        let limit = 4 * abs(margin.value)
        let shown = [2 * margin.value] + ends.map { min(max($0, -limit), limit) }
        let factor = shown.map { $0 / ($0 < 0 ? axis.lower : axis.upper) }.max() ?? 1
        return factor < 0.5 ? axis.scaled(by: factor) : nil
    }

    func plotLine(_ axis: Axis) -> PlotLine {
        PlotLine(
            axis: axis, estimate: lift, oneLook: oneLook, always: always, margin: margin?.value,
            isUnbounded: isUnbounded)
    }

    /// An estimate whose lift has no bounds: the control's mean may be 0.
    private var isUnbounded: Bool { lift != nil && comparison.inference.status == .relativeUnbounded }

    private var reasonForNoPicture: String? {
        guard oneLook == nil, always == nil, !isUnbounded else { return nil }
        return switch comparison.inference.status {
        case .ok: nil
        case .immature: "not yet: no window is over"
        case .insufficientData: "too few units"
        case .zeroVariance: "no variation"
        case .controlMeanZero: "no lift: the control is at 0"
        default: ResultText.reason(comparison.inference.status)
        }
    }
}
