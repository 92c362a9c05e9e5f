import ExperimentStatistics
public import Experimentation

/// Something that is wrong with an experiment, to be said before any of its effects.
public enum HealthProblem: Sendable, Hashable {
    /// Above it, the share of crossover units is a problem.
    public static let crossoverThreshold = 0.01
    /// Fewer crossover units are a slip, whatever their share of the first days' units.
    public static let fewestCrossovers = 5
    /// In an experiment of less than four weeks, whose weekdays nobody knows yet, silence begins to count after so many
    /// whole days: longer than any weekend.
    public static let silentDays = 4

    /// So many days before the first that carries a real share of the units an exposure is a stray one.
    public static let strayDays = 30

    /// The units do not split as the weights say.
    case sampleRatioMismatch
    /// The units of a day, or with a value of an attribute, do not split as the weights say: the clearest of such cells.
    case splitInCell(SplitCheck.Mismatch)
    /// A metric leaves units out, in one variant more than in another: it compares different people.
    case unitsLeftOut(UnitsLeftOut)
    /// A variant has more of its units linked with another id than another has: a variant that asks for the login earlier
    /// would seem to sell more.
    case unevenLinks(variantID: VariantName, control: Double, treatment: Double, pValue: Double)
    /// Times of a metric are cut to whole days or hours, so that outcomes lie before the exposure that led to them: all of
    /// them, or those from a day on; days since 1970-01-01.
    case timesCut(metric: MetricName, grain: TimeGrain, outcomes: Int, since: Int?)
    /// No outcome of a metric comes any more, in any variant.
    case silentMetric(metric: MetricName, days: Int, expected: Double)
    /// No outcome of a metric comes any more from one variant, while the others go on.
    case silentVariant(metric: MetricName, variantID: VariantName, expected: Double)
    /// A variant of weight zero has units.
    case unexpectedUnits(count: Int)
    /// Too many units saw several variants.
    case crossovers(share: Double)
    /// One variant loses more of its units or outcomes than another, which no chance explains.
    case differentialDiscards(reason: DiscardReason, variantID: VariantName, pValue: Double)
    /// The variants differed in a metric before the experiment began.
    case imbalance(metric: MetricName, variantID: VariantName, pValue: Double)
    /// A lift that is clear and larger than effects are.
    case implausibleLift(metric: MetricName, variantID: VariantName, lift: Double)
    /// A variant has too few units for anything to be clear.
    case tooFewUnits(variantID: VariantName, count: Int)
    /// Rare or large values, and variants of very different size: no p-value of the metric can be relied on yet.
    case skewed(metric: MetricName, variantID: VariantName)
    /// The experiment runs, but its last exposure is long ago; only known as of a time.
    case noRecentExposure(hours: Int)
    /// A few units were exposed long before the others: a wrong clock, or a test before the launch. Days since 1970-01-01.
    case strayExposures(units: Int, day: Int, startDay: Int)
    /// No unit differs from another in a metric that decides, in any variant.
    case constantMetric(metric: MetricName, units: Int)
    /// A variant has no outcome of a metric at all, where the others' make many expected.
    case variantWithoutOutcomes(metric: MetricName, variantID: VariantName, expected: Double, isDeciding: Bool)
    /// Records of 1970, from a clock that starts at 0, or seconds taken for microseconds.
    case timesIn1970(exposures: Int, outcomes: Int, isMany: Bool)
    /// Records of more than a day after the clock of the report.
    case timesAhead(exposures: Int, outcomes: Int, isMany: Bool)
    /// A unit whose id is what programs write where they have none, such as `null`: several people under one id.
    case placeholderUnit(unitID: UnitID, outcomes: Int)
    /// A single unit brings an improbable share of a metric: a bot, a test account, or several people under one id.
    case dominantUnit(metric: MetricName, unitID: UnitID, share: Double, units: Int)
    /// One name was recorded with several kinds of value.
    case severalKinds(metric: MetricName)
    /// A metric was recorded as another kind of value than it is defined with, so that its outcomes are missed there.
    case otherKind(RecordedKind)
    /// Something was recorded by a name that differs from a goal's or guardrail's in case or separators alone.
    case otherName(RecordedName)
    /// A variant had no outcome of a goal or guardrail for some days, while the others went on; days since 1970-01-01.
    case gapInVariant(metric: MetricName, variantID: VariantName, day: Int, days: Int, expected: Double)
    /// Outcomes of a goal or guardrail were recorded twice in a variant, and the control's were not, or the other way round.
    case doubledOutcomes(DoubledMetric)
    /// Outcomes that name the experiment come from units that were never exposed: their exposures may be lost.
    case neverExposed(outcomes: Int, share: Double)
    /// Units with outcomes were never exposed, and more of them in one variant than chance explains.
    case exposuresLost(LostExposures)
    /// Outcomes have another spelling of their unit's id than its exposures, and so are nobody's.
    case otherSpelling(MisspeltUnits)
    /// The denominator of a ratio that decides or guards differs between the variants, so that the ratio moves by it, too.
    case denominatorMoved(MovedDenominator)
    /// A metric that decides, or must not get worse, has no outcome that counts.
    case missingMetric(metric: MetricName)

    /// Whether no effect of the experiment may be believed.
    public var invalidatesEffects: Bool {
        switch self {
        case .sampleRatioMismatch, .splitInCell, .unexpectedUnits, .crossovers, .differentialDiscards, .imbalance,
            .unevenLinks, .timesCut, .silentMetric, .silentVariant, .gapInVariant, .constantMetric,
            .doubledOutcomes, .exposuresLost:
            true
        case .unitsLeftOut(let units): units.isDeciding
        case .otherKind(let kind): kind.isDeciding
        case .otherSpelling(let units): units.isDeciding
        case .otherName(let name): name.isDeciding
        case .variantWithoutOutcomes(_, _, _, let isDeciding): isDeciding
        case .timesIn1970(_, _, let isMany), .timesAhead(_, _, let isMany): isMany
        case .implausibleLift, .tooFewUnits, .skewed, .noRecentExposure, .placeholderUnit, .dominantUnit,
            .severalKinds, .missingMetric, .strayExposures, .neverExposed, .denominatorMoved:
            false
        }
    }

    /// Whether somebody must look into it; the others are remarks.
    public var isAlarm: Bool {
        if case .noRecentExposure = self { return true }
        return invalidatesEffects
    }

    /// Its name in reports.
    public var name: String {
        switch self {
        case .sampleRatioMismatch: "sample_ratio_mismatch"
        case .splitInCell: "split_in_cell"
        case .unitsLeftOut: "units_left_out"
        case .unevenLinks: "uneven_links"
        case .timesCut: "times_cut"
        case .silentMetric: "no_recent_outcome"
        case .silentVariant: "no_recent_outcome_of_variant"
        case .unexpectedUnits: "unexpected_units"
        case .crossovers: "crossovers"
        case .differentialDiscards: "differential_discards"
        case .imbalance: "imbalance"
        case .implausibleLift: "implausible_lift"
        case .tooFewUnits: "too_few_units"
        case .skewed: "skewed"
        case .noRecentExposure: "no_recent_exposure"
        case .strayExposures: "stray_exposures"
        case .constantMetric: "constant_metric"
        case .variantWithoutOutcomes: "variant_without_outcomes"
        case .timesIn1970: "times_in_1970"
        case .timesAhead: "times_ahead"
        case .placeholderUnit: "placeholder_unit"
        case .dominantUnit: "dominant_unit"
        case .severalKinds: "several_kinds"
        case .otherKind: "other_kind"
        case .otherName: "other_name"
        case .gapInVariant: "gap_in_variant"
        case .doubledOutcomes: "doubled_outcomes"
        case .neverExposed: "never_exposed"
        case .denominatorMoved: "denominator_moved"
        case .exposuresLost: "exposures_lost"
        case .otherSpelling: "other_spelling"
        case .missingMetric: "missing_metric"
        }
    }
}

/// A metric that leaves units out in one variant more than in another.
public struct UnitsLeftOut: Sendable, Hashable {
    /// The metric.
    public let metric: MetricName
    /// The treatment.
    public let variantID: VariantName
    /// The share of the control's units that are left out, in 0…1.
    public let control: Double
    /// The share of the treatment's.
    public let treatment: Double
    /// The smallest p-value, which holds at every look.
    public let pValue: Double
    /// Whether units that were not measured are 0 in it, and so look good, instead of being left out.
    public let isZero: Bool
    /// Whether the metric decides or guards and leaves them out by default, so that no verdict may rest on it.
    public let isDeciding: Bool
}

/// How finely times were recorded; the raw values are what reports write.
public enum TimeGrain: String, Sendable, Hashable, CaseIterable {
    /// To whole days.
    case day
    /// To whole hours.
    case hour
}
