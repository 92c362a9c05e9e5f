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
    }
    struct Expected: Decodable {
        let reference: Reference
    }
    struct Reference: Decodable {
        let status: String
        let relativeStatus: String?
        let absolute: Absolute?
        let relativeFiellerT: Fieller?
    }
    struct Absolute: Decodable {
        let diff: Double
        let se: Double
        let t: Double
        let df: Double
        let pTwoSided: Double
        let lnP: Double
        let lo: Double
        let hi: Double
    }
    struct Fieller: Decodable {
        let kind: String
        let lo: Double?
        let hi: Double?
    }
}

extension TwoSample.Case {
    /// The effect on the mean; nil for a case of another kind.
    var effect: Effect? {
        guard kind == "mean" || kind == "proportion", let control = control.aggregate,
            let treatment = treatment.aggregate
        else { return nil }
        return .means(control: control, treatment: treatment)
    }
}

extension TwoSample.Sums {
    var aggregate: Aggregate? {
        guard let sum, let sumsq else { return nil }
        return Aggregate(count: n, sum: sum, sumOfSquares: sumsq)
    }
}
