@testable import ExperimentStatistics

/// `two_sample.json`: pairs of variants, with everything the 60-digit reference says about them.
struct TwoSample: Decodable {
    let cases: [Case]

    struct Case: Decodable {
        let id: String
        let kind: String
        let alpha: Double
        let control: Sums
        let treatment: Sums
        let expected: Expected
    }
    struct Sums: Decodable {
        let n: Int
        let sum: Double?
        let sumsq: Double?
        let sumY: Double?
        let sumX: Double?
        let sumZ: Double?
        let sumsqY: Double?
        let sumsqX: Double?
        let sumsqZ: Double?
        let sumXy: Double?
        let sumYz: Double?
    }
    struct Expected: Decodable {
        let reference: Reference
        let fisher: Probability?
        let gbstatsFlat: Gbstats?
        let gbstatsWide: Gbstats?
    }
    struct Gbstats: Decodable {
        let expected: Double
        let ci: [Double]
        let chanceToWin: Double
    }
    struct Bayes: Decodable {
        let mean: Double
        let sd: Double
        let chanceToWin: Double
        let lo95: Double
        let hi95: Double
        let expectedLossIfKeepControl: Double
        let expectedLossIfShipTreatment: Double
    }
    struct Probability: Decodable {
        let p: Double
        let lnP: Double
    }
    struct Reference: Decodable {
        let status: String
        let relativeStatus: String?
        let cuped: Cuped?
        let absolute: Absolute?
        let absoluteZ: Z?
        let relativeDelta: Delta?
        let relativeFiellerT: Fieller?
        let relativeFiellerZ: Fieller?
        let relativeLog: Log?
        let bayesFlat: Bayes?
        let bayesWide: Bayes?
        let bayesNarrow: Bayes?
        let sequential5000: Sequential?
        let sequential20000: Sequential?
        let sequential5000Fieller: Fieller?
        let sequential20000Fieller: Fieller?
        let proportionWilson: Wilson?
        let proportionNewcombe: Ends?
        let proportionMoverR: Ends?
    }
    struct Absolute: Decodable {
        let diff: Double
        let se: Double
        let t: Double
        let df: Double
        let pGreater: Double
        let pLess: Double
        let pTwoSided: Double
        let lnP: Double
        let lo: Double
        let hi: Double
    }
    struct Sequential: Decodable {
        let lnP: Double
        let lo: Double
        let hi: Double
    }
    struct Wilson: Decodable {
        let control: [Double]
        let treatment: [Double]
    }
    struct Ends: Decodable {
        let lo: Double
        let hi: Double
    }
    struct Cuped: Decodable {
        let theta: Double
        let adjustedMeanControl: Double
        let adjustedMeanTreatment: Double
        let varianceReduction: Double?
    }
    struct Z: Decodable {
        let z: Double
        let pTwoSided: Double
        let lnP: Double
        let lo: Double
        let hi: Double
    }
    struct Delta: Decodable {
        let se: Double
        let loT: Double
        let hiT: Double
    }
    struct Log: Decodable {
        let lo: Double
        let hi: Double
        let df: Double
        let seLog: Double
    }
    struct Fieller: Decodable {
        let kind: String
        let lo: Double?
        let hi: Double?
    }
}

extension TwoSample.Case {
    /// The effect, however the kind of metric fills it.
    var effect: Effect {
        switch kind {
        case "ratio": .ratios(control: control.pair, treatment: treatment.pair)
        case "cuped", "cuped_binary": adjustment.effect
        default: .means(control: control.aggregate, treatment: treatment.aggregate)
        }
    }

    var adjustment: CovariateAdjustment { CovariateAdjustment(control: control.pair, treatment: treatment.pair) }
}

extension TwoSample.Sums {
    var aggregate: Aggregate { Aggregate(count: n, sum: sum ?? 0, sumOfSquares: sumsq ?? 0) }

    var pair: BivariateAggregate {
        BivariateAggregate(
            count: n, sums: (sumY ?? 0, sumX ?? sumZ ?? 0), sumsOfSquares: (sumsqY ?? 0, sumsqX ?? sumsqZ ?? 0),
            sumOfProducts: sumXy ?? sumYz ?? 0)
    }
}
