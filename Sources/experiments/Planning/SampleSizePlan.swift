import ExperimentStatistics

/// How many units, and how many days, it takes to find a lift.
struct SampleSizePlan: Encodable {
    /// What one way of looking needs.
    struct Need: Encodable {
        let unitsPerVariant: Int?
        let units: Int?
        let days: Int?

        enum CodingKeys: String, CodingKey {
            case unitsPerVariant = "units_per_variant"
            case units
            case days
        }
    }

    let lift: Double
    let difference: Double
    /// One look, when all units are there.
    let oneLook: Need
    /// A look every night, by the intervals that hold at every look.
    let everyLook: Need

    enum CodingKeys: String, CodingKey {
        case lift
        case difference
        case oneLook = "one_look"
        case everyLook = "every_look"
    }

    /// Plans for a lift on a baseline, with variants of equal weight.
    init(lift: Double, _ baseline: MetricBaseline, variants: Int, _ analysis: PowerAnalysis) {
        self.lift = lift
        difference = lift * abs(baseline.mean)
        let control = baseline.variance(at: baseline.mean)
        let treatment = baseline.variance(at: baseline.mean + difference)
        func need(_ units: Double?) -> Need {
            guard let units, units * Double(variants) < 0x1p53 else {
                return Need(unitsPerVariant: nil, units: nil, days: nil)
            }
            let each = max(2, Int(units.rounded(.up)))
            let all = each * variants
            let days = baseline.daily.flatMap { PowerAnalysis.daysLeft(needed: Double(all), have: 0, daily: $0) }
            return Need(
                unitsPerVariant: each, units: all, days: days.flatMap { $0 < 0x1p53 ? Int($0.rounded(.up)) : nil })
        }
        oneLook = need(
            analysis.controlUnits(
                difference: difference, controlVariance: control, treatmentVariance: treatment))
        everyLook = need(
            analysis.controlUnitsAtEveryLook(
                difference: difference, controlVariance: control, treatmentVariance: treatment
            ).map { max($0, Double(ConfidenceSequence.minimumUnits)) })
    }
}
