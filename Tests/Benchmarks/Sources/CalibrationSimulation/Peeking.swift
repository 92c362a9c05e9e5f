import ExperimentStatistics

/// An A/A experiment looked at on 60 nights, 50 new units a variant and night, from a hundred a variant on.
struct Peeking {
    static let nights = 60

    /// Whether any night gave a false alarm, by the sequence and by the fixed-horizon test.
    static func run(_ random: inout Random, _ draw: (inout Random) -> Double) -> (sequence: Bool, fixed: Bool) {
        let sequence = ConfidenceSequence()
        var (control, treatment) = (Aggregate([]), Aggregate([]))
        var alarms = (sequence: false, fixed: false)
        for _ in 0..<nights {
            control = control.merged(with: Aggregate((0..<50).map { _ in draw(&random) }))
            treatment = treatment.merged(with: Aggregate((0..<50).map { _ in draw(&random) }))
            guard control.count >= ConfidenceSequence.minimumUnits else { continue }
            let effect = Effect.means(control: control, treatment: treatment)
            if (sequence.compare(effect).pValue ?? 1) < 0.05 { alarms.sequence = true }
            // The critical value at any number of degrees of freedom seen here is between 1.96 and 1.98.
            if (NormalTest.compare(effect).pValue ?? 1) < 0.05 { alarms.fixed = true }
        }
        return alarms
    }

    /// Whether any of 60 nights of 1,000 new units gave a false alarm where 5 % of them are treated: by the sequence as
    /// the report gives it, and by the sequence whatever the skewness of the difference.
    static func rampingUp(
        _ random: inout Random, _ draw: (inout Random) -> Double
    ) -> (reported: Bool, unguarded: Bool) {
        let sequence = ConfidenceSequence()
        var (control, treatment) = (PowerSums(), PowerSums())
        var alarms = (reported: false, unguarded: false)
        for _ in 0..<nights {
            for _ in 0..<950 { control.add(draw(&random)) }
            for _ in 0..<50 { treatment.add(draw(&random)) }
            guard treatment.count >= ConfidenceSequence.minimumUnits else { continue }
            let effect = Effect.means(control: control.aggregate, treatment: treatment.aggregate)
            guard (sequence.compare(effect).pValue ?? 1) < 0.05 else { continue }
            alarms.unguarded = true
            let difference = NormalApproximation.differenceSkewness(
                control: control.moments, treatment: treatment.moments)
            if difference <= NormalApproximation.maximumSkewness { alarms.reported = true }
        }
        return alarms
    }

    /// Whether any of 60 nights of 2,048 units gave a mismatch at 5 %, by the sequential test, for counts as promised.
    static func sampleRatio(_ random: inout Random) -> Bool {
        var counts = [0, 0]
        for _ in 0..<nights {
            for _ in 0..<32 {
                let ones = random.next().nonzeroBitCount
                counts[0] += ones
                counts[1] += 64 - ones
            }
            let test = SequentialSampleRatioTest(counts.map { .init(count: $0, weight: 1) })
            if (test.pValue ?? 1) < 0.05 { return true }
        }
        return false
    }
}
