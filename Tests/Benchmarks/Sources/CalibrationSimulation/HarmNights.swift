import ExperimentStatistics

/// Sixty nights of a guardrail that a treatment makes a tenth worse: the night of the stop beside the one that a plan says.
enum HarmNights {
    private static let harm = 0.1

    private struct Setting {
        let name: String
        let units: Int
        let margin: Double
        let mean: Double
        let deviation: Double
        let treatments: Int
        let guardrails: Int
    }

    static func tables(_ experiments: Int, _ seed: UInt64) -> Bool {
        var table = LevelTable(
            "60 nights, a guardrail falls by a tenth", ["stopped", "median night", "night of half the power"])
        for (index, setting) in [
            Setting(
                name: "share of 20 %, margin 2 %, 500 units a variant", units: 500, margin: 0.02, mean: 0.2,
                deviation: 0.4, treatments: 1, guardrails: 1),
            Setting(
                name: "the same, two guardrails", units: 500, margin: 0.02, mean: 0.2, deviation: 0.4, treatments: 1,
                guardrails: 2),
            Setting(
                name: "the same, three treatments and two guardrails", units: 500, margin: 0.02, mean: 0.2,
                deviation: 0.4, treatments: 3, guardrails: 2),
            Setting(
                name: "mean of 1, deviation 1, margin 5 %, 1,000 units", units: 1_000, margin: 0.05, mean: 1,
                deviation: 1, treatments: 1, guardrails: 1),
        ].enumerated() {
            var random = Random(seed: seed &* 19_000 &+ UInt64(index))
            let nights = (0..<max(200, experiments / 5)).map { _ in stop(setting, &random) }
            var stopped = Rate()
            for night in nights { stopped.note(night != nil) }
            table.row(setting.name, [.shown(stopped), .text(nights.median), .text(planned(setting))])
        }
        return table.isGood
    }

    private static func level(_ setting: Setting) -> Double {
        LevelShares(treatments: setting.treatments, guardrails: setting.guardrails).guardrailBroken
    }

    private static func stop(_ setting: Setting, _ random: inout Random) -> Int? {
        var (control, treatment) = (PowerSums(), PowerSums())
        let level = level(setting)
        for night in 1...Peeking.nights {
            control.addNormal(setting.units, mean: setting.mean / setting.deviation, &random)
            treatment.addNormal(setting.units, mean: setting.mean * (1 - harm) / setting.deviation, &random)
            let effect = Effect.means(control: control.aggregate, treatment: treatment.aggregate)
            if SequentialNonInferiorityTest(effect, margin: setting.margin).isBroken(level: level) { return night }
        }
        return nil
    }

    /// The night by which one look has half the power to see the loss beyond the margin.
    private static func planned(_ setting: Setting) -> String {
        let variance = setting.deviation * setting.deviation
        let kept = 1 - setting.margin
        let units = PowerAnalysis(power: 0.5).controlUnits(
            difference: (harm - setting.margin) * setting.mean, controlVariance: variance * kept * kept,
            treatmentVariance: variance, atEveryLookOf: ConfidenceSequence(level: level(setting)))
        return units.map { "\(Int(($0 / Double(setting.units)).rounded(.up)))" } ?? "–"
    }
}
