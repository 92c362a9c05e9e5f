import ExperimentStatistics
import Experimentation

/// The smallest effect of a treatment that an experiment finds with the units it has now.
struct DetectableEffect: Encodable {
    /// What one way of looking finds; null where even the largest effect would be missed.
    struct Smallest: Encodable {
        let lift: Double?
        let difference: Double?
    }

    let variantID: VariantName
    let controlUnits: Int
    let units: Int
    /// One look, now.
    let oneLook: Smallest
    /// A look every night, by the intervals that hold at every look.
    let everyLook: Smallest

    enum CodingKeys: String, CodingKey {
        case variantID = "variant_id"
        case controlUnits = "control_units"
        case units
        case oneLook = "one_look"
        case everyLook = "every_look"
    }

    /// For a treatment whose units vary as much as the control's.
    init(_ variantID: VariantName, units: Int, control: Aggregate, _ analysis: PowerAnalysis) {
        self.variantID = variantID
        controlUnits = control.count
        self.units = units
        func smallest(_ critical: Double?) -> Smallest {
            guard let variance = control.variance, variance > 0, units > 0 else {
                return Smallest(lift: nil, difference: nil)
            }
            let error = (variance / Double(control.count) + variance / Double(units)).squareRoot()
            return Smallest(
                lift: analysis.minimumDetectableLift(control: control, treatmentCount: units, critical: critical),
                difference: analysis.minimumDetectableDifference(standardError: error, critical: critical))
        }
        oneLook = smallest(nil)
        let sequence = ConfidenceSequence(confidence: analysis.confidence)
        everyLook =
            min(control.count, units) < ConfidenceSequence.minimumUnits
            ? Smallest(lift: nil, difference: nil) : smallest(sequence.critical(units: control.count + units))
    }
}
