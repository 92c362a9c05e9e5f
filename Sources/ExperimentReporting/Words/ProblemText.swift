import ExperimentAnalysis
import ExperimentStatistics

/// What is wrong with an experiment, in a sentence without its full stop.
enum ProblemText {
    static func sentence(_ problem: HealthProblem, _ result: ExperimentResult) -> String {
        switch problem {
        case .sampleRatioMismatch:
            "Sample ratio mismatch: units do not split as the weights say (\(sampleRatio(result)))"
        case .unexpectedUnits(let count):
            "\(NumberText.count(count)) units are in a variant of weight 0"
        case .crossovers(let share):
            "\(NumberText.percent(share)) of the units saw several variants"
        case .differentialDiscards(let reason, let pValue):
            "Some variants lose more outcomes as \(reason.rawValue) than others (\(probability(pValue)))"
        case .imbalance(let metric, let variantID, let pValue):
            "\(variantID) differed from the control in \(metric) before the experiment (\(probability(pValue)))"
        case .implausibleLift(let metric, let variantID, let lift):
            "A lift of \(NumberText.lift(lift, decimals: 0)) in \(metric) by \(variantID) is more probably a fault than an effect"
        case .tooFewUnits(let variantID, let count):
            "\(variantID) has only \(NumberText.count(count)) units; nothing holds at every look below 100"
        case .severalKinds(let metric):
            "\(metric) was recorded with several kinds of value: each is a metric of its own"
        case .missingMetric(let metric):
            "\(metric) is named in the definition, but no outcome of it counts yet"
        }
    }

    /// `χ² 0.2025, p 0.904`, and the test for many looks where only that one is clear.
    static func sampleRatio(_ result: ExperimentResult) -> String {
        let test = result.sampleRatio
        let chiSquared = test.chiSquared.map(NumberText.value) ?? "–"
        let fixed = "χ² \(chiSquared), p \(test.pValue.map { NumberText.pValue($0, log: test.logPValue) } ?? "–")"
        let sequential = result.sequentialSampleRatio
        guard sequential.isMismatch, !test.isMismatch, let pValue = sequential.pValue else { return fixed }
        return fixed + "; at every look p \(NumberText.pValue(pValue, log: sequential.logPValue))"
    }

    private static func probability(_ pValue: Double) -> String { "p \(NumberText.pValue(pValue, log: nil))" }
}
