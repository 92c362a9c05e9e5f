package import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// What is wrong with an experiment, in words without their full stop.
package enum ProblemText {
    /// All that is known about it, without marks.
    package static func plain(_ problem: HealthProblem, _ result: ExperimentResult) -> String {
        sentence(problem, result).plain
    }

    /// All that is known about it.
    static func sentence(_ problem: HealthProblem, _ result: ExperimentResult) -> MarkedText {
        switch problem {
        case .sampleRatioMismatch: "Sample ratio mismatch: \(split(result)) (\(sampleRatio(result)))"
        case .splitInCell(let mismatch):
            "The units of \(cell(mismatch.cell)) do not split as planned: \(units(mismatch.units, result))"
        case .unitsLeftOut(let units):
            "\(name: units.metric) was not measured for \(NumberText.percent(units.treatment)) of the \(result.unit.rawValue)s of \(name: units.variantID), and for \(NumberText.percent(units.control)) of the control’s: it compares different people (\(probability(units.pValue)))"
        case .unevenLinks(let variantID, let control, let treatment, let pValue):
            "\(NumberText.percent(treatment)) of the \(result.unit.rawValue)s of \(name: variantID) are linked with another id, and \(NumberText.percent(control)) of the control’s: outcomes are found by links, so the variants are not measured alike (\(probability(pValue)))"
        case .timesCut(let metric, let grain, let outcomes):
            "All times of \(name: metric) are whole \(grain.rawValue)s, so \(NumberText.count(outcomes, "outcome")) on the \(grain.rawValue) of the exposure \(outcomes == 1 ? "lies" : "lie") before it and \(outcomes == 1 ? "is" : "are") lost"
        case .silentMetric(let metric, let days, let expected):
            "No outcome of \(name: metric) for \(NumberText.count(days, "day")), where about \(NumberText.count(Int(min(expected, 1e9).rounded()))) were expected"
        case .silentVariant(let metric, let variantID, let expected):
            "No outcome of \(name: metric) comes from \(name: variantID) any more, where the others’ make about \(NumberText.count(Int(min(expected, 1e9).rounded()))) expected"
        case .unexpectedUnits(let count):
            "\(NumberText.count(count, result.unit.rawValue)) \(count == 1 ? "is" : "are") in a variant of weight 0"
        case .crossovers(let share):
            "\(NumberText.percent(share)) of \(result.unit.rawValue)s saw several variants; the limit is \(NumberText.level(HealthProblem.crossoverThreshold))"
        case .differentialDiscards(let reason, let variantID, let pValue):
            "\(name: variantID) and the control lose different shares of their \(result.unit.rawValue)s’ outcomes as \(code: reason.rawValue) (\(probability(pValue)))"
        case .imbalance(let metric, let variantID, let pValue):
            "\(name: variantID) differed from the control in \(name: metric) before the experiment (\(probability(pValue)))"
        case .implausibleLift(let metric, let variantID, let lift):
            "A lift of \(NumberText.lift(lift, decimals: 0)) in \(name: metric) by \(name: variantID) is more probably a fault than an effect"
        case .tooFewUnits(let variantID, let count):
            "\(name: variantID) has only \(NumberText.count(count, result.unit.rawValue)); nothing holds at every look below \(NumberText.count(ConfidenceSequence.minimumUnits))"
        case .skewed(let metric, let variantID):
            "\(name: metric) is too rare or too uneven for variants of such different size: rely on no p-value of \(name: variantID) yet"
        case .noRecentExposure(let hours):
            "It runs, but its last exposure was \(NumberText.count(hours)) hours before the end of the report"
        case .severalKinds(let metric):
            "\(name: metric) was recorded with several kinds of value: each is a metric of its own"
        case .missingMetric(let metric):
            "\(name: metric) is named in the definition, but no outcome of it counts yet"
        }
    }

    /// One line for the summary.
    static func reason(_ problem: HealthProblem, _ result: ExperimentResult) -> MarkedText {
        problem == .sampleRatioMismatch ? "Sample ratio mismatch: \(split(result))" : sentence(problem, result)
    }

    /// A few words for a column.
    static func short(_ problem: HealthProblem) -> MarkedText {
        switch problem {
        case .sampleRatioMismatch: "sample ratio mismatch"
        case .splitInCell: "uneven split in a part"
        case .unitsLeftOut: "units not measured"
        case .unevenLinks: "uneven links"
        case .timesCut(_, let grain, _): "times cut to the \(grain.rawValue)"
        case .silentMetric: "no outcomes any more"
        case .silentVariant: "a variant’s outcomes stopped"
        case .unexpectedUnits: "units in a variant of weight 0"
        case .crossovers(let share): "\(NumberText.percent(share)) saw several variants"
        case .differentialDiscards: "uneven discards"
        case .imbalance: "uneven from the start"
        case .implausibleLift: "implausible lift"
        case .tooFewUnits: "few units"
        case .skewed: "too skewed yet"
        case .noRecentExposure: "no recent exposure"
        case .severalKinds: "one name, several kinds"
        case .missingMetric: "a metric is missing"
        }
    }

    /// What to do about it, a sentence.
    static func remedy(_ problem: HealthProblem) -> MarkedText {
        switch problem {
        case .sampleRatioMismatch, .unexpectedUnits:
            "Find where units are lost or assigned otherwise, repair it, and start a new phase."
        case .splitInCell: "Find where these units are lost or assigned otherwise, repair it, and start a new phase."
        case .unitsLeftOut(let units):
            units.isDeciding
                ? "Find out why units are not measured in one variant: a page that breaks before it reports looks good."
                : ""
        case .unevenLinks:
            "Find out why one variant’s visitors log in more often; until then measure by an id that both variants know."
        case .timesCut: "Record the time of the event itself, or cut the exposures’ times likewise."
        case .silentMetric, .silentVariant: "Check that the metric is still recorded."
        case .crossovers: "Find out why units change their variant: unstable ids, or a variant that is not kept."
        case .differentialDiscards: "Find out why one variant’s outcomes come too early, too late, or without a unit."
        case .imbalance: "Check how units get their variant; a new phase draws them anew."
        case .noRecentExposure: "Check that exposures are still recorded, or stop the experiment."
        case .implausibleLift, .tooFewUnits, .skewed, .severalKinds, .missingMetric: ""
        }
    }

    /// `platform = ios`, `5 Jan`.
    private static func cell(_ cell: SplitCheck.Cell) -> MarkedText {
        switch cell {
        case .day(let day): "\(Day(day).short)"
        case .attribute(let attribute, let value):
            "\(name: attribute) = \(name: AttributeValue(ResultText.segment(value)))"
        }
    }

    /// `2,000 in control, 1,500 in treatment`.
    private static func units(_ counts: [Int], _ result: ExperimentResult) -> MarkedText {
        MarkedText.list(zip(result.variants, counts).map { "\(NumberText.count($1)) in \(name: $0.variantID)" })
    }

    /// `51.4% of users are in control where 50% were planned`: of the variant farthest from its plan.
    private static func split(_ result: ExperimentResult) -> MarkedText {
        let weight = result.variants.reduce(0) { $0 + $1.weight }
        guard weight > 0, let (variant, planned) = farthest(result, weight) else {
            return "units do not split as planned"
        }
        let share = NumberText.share(variant.units, of: result.units.analysed)
        return
            "\(share) of \(result.unit.rawValue)s are in \(name: variant.variantID) where \(NumberText.planned(planned)) were planned"
    }

    /// The variant whose share is farthest from its weight, and the share that its weight promises.
    static func farthest(
        _ result: ExperimentResult, _ weight: Double
    ) -> (variant: ExperimentResult.Variant, planned: Double)? {
        let units = Double(max(result.units.analysed, 1))
        return result.variants.map { ($0, $0.weight / weight) }.max { first, second in
            abs(Double(first.0.units) / units - first.1) < abs(Double(second.0.units) / units - second.1)
        }
    }

    /// `χ² 0.2025, p = 0.904`, and the test for many looks where only that one is clear.
    static func sampleRatio(_ result: ExperimentResult) -> String {
        let test = result.sampleRatio
        let chiSquared = test.chiSquared.map(NumberText.value) ?? "–"
        let fixed =
            "χ² \(chiSquared), p\u{a0}=\u{a0}\(test.pValue.map { NumberText.pValue($0, log: test.logPValue) } ?? "–")"
        let sequential = result.sequentialSampleRatio
        guard sequential.isMismatch, !test.isMismatch, let pValue = sequential.pValue else { return fixed }
        return fixed + "; at every look p\u{a0}=\u{a0}\(NumberText.pValue(pValue, log: sequential.logPValue))"
    }

    private static func probability(_ pValue: Double) -> String {
        "p\u{a0}=\u{a0}\(NumberText.pValue(pValue, log: nil))"
    }
}
