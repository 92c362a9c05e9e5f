import ExperimentAnalysis
import Foundation
import Testing

@testable import ExperimentReporting

/// The part of the JSON report that the tests read.
struct JSONNumbers: Decodable {
    struct Experiment: Decodable {
        struct Discarded: Decodable {
            let outcomes: Int
        }

        struct Variant: Decodable {
            let variantId: String
            let units: Int
            let unitsExposed: Int
            let outcomesKept: Int
            let discarded: [String: Discarded]
        }

        let experiment: String
        let goals: [String]
        let guardrails: [Guardrail]
        let outcomes: Outcomes
        let variants: [Variant]
        let metrics: [Metric]
    }

    struct Guardrail: Decodable {
        let metric: String
    }

    struct Outcomes: Decodable {
        let total: Int
        let kept: Int
        let discarded: [String: Int]
    }

    struct Metric: Decodable {
        struct Variant: Decodable {
            let variantId: String
            let mean: Double?
        }

        let metric: String
        let kind: String
        let role: String
        let variants: [Variant]
        let comparisons: [Comparison]
    }

    struct Comparison: Decodable {
        struct Sequence: Decodable {
            let liftInterval: [Double]?
            let pValue: Double?
        }

        struct Estimate: Decodable {
            let lift: Double?
            let liftInterval: [Double]?
        }

        struct Posterior: Decodable {
            let chanceToWin: Double
        }

        let variantId: String
        let lift: Double?
        let liftInterval: [Double]?
        let difference: Double?
        let pValue: Double?
        let adjustedPValue: Double?
        let alwaysValid: Sequence?
        let alwaysValidBasis: String
        let covariateAdjusted: Estimate?
        let posterior: Posterior?
    }

    let experiments: [Experiment]

    init(_ results: AnalysisResults) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(JSONNumbers.self, from: Data(JSONReport.render(results).utf8))
    }
}

extension JSONNumbers.Experiment {
    /// Metrics in the order of an experiment: those that decide, guardrails, the others by name.
    var ordered: [JSONNumbers.Metric] {
        func place(_ metric: JSONNumbers.Metric) -> Int {
            if let index = goals.firstIndex(of: metric.metric) { return index }
            return guardrails.firstIndex { $0.metric == metric.metric }.map { 1_000 + $0 } ?? 10_000
        }
        return metrics.enumerated().sorted { (place($0.element), $0.offset) < (place($1.element), $1.offset) }
            .map(\.element)
    }
}
