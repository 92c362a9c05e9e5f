import ExperimentAnalysis
import ExperimentStatistics

/// Whether an experiment may be believed, as JSON.
enum HealthJSON {
    static func problem(_ problem: HealthProblem) -> JSONValue {
        .object([("problem", .string(problem.name)), ("alarm", .bool(problem.isAlarm))] + details(problem))
    }

    private static func details(_ problem: HealthProblem) -> [(key: String, value: JSONValue)] {
        switch problem {
        case .sampleRatioMismatch: []
        case .unexpectedUnits(let count): [("count", .integer(count))]
        case .crossovers(let share): [("share", .number(share))]
        case .differentialDiscards(let reason, let pValue):
            [("reason", .string(reason.rawValue)), ("p_value", .number(pValue))]
        case .imbalance(let metric, let variantID, let pValue):
            [("metric", .name(metric)), ("variant_id", .name(variantID)), ("p_value", .number(pValue))]
        case .implausibleLift(let metric, let variantID, let lift):
            [("metric", .name(metric)), ("variant_id", .name(variantID)), ("lift", .number(lift))]
        case .tooFewUnits(let variantID, let count):
            [("variant_id", .name(variantID)), ("count", .integer(count))]
        case .skewed(let metric, let variantID):
            [("metric", .name(metric)), ("variant_id", .name(variantID))]
        case .noRecentExposure(let hours): [("hours", .integer(hours))]
        case .severalKinds(let metric), .missingMetric(let metric): [("metric", .name(metric))]
        }
    }

    static func sampleRatio(_ test: SampleRatioTest) -> JSONValue {
        .object([
            ("chi_squared", .number(test.chiSquared)), ("degrees_of_freedom", .integer(test.degreesOfFreedom)),
            ("p_value", .number(test.pValue)), ("log_p_value", .number(test.logPValue)),
            ("mismatch", .bool(test.isMismatch)), ("status", .string(test.status.rawValue)),
        ])
    }

    static func sampleRatio(_ test: SequentialSampleRatioTest) -> JSONValue {
        .object([
            ("log_bayes_factor", .number(test.logBayesFactor)), ("p_value", .number(test.pValue)),
            ("log_p_value", .number(test.logPValue)), ("mismatch", .bool(test.isMismatch)),
            ("status", .string(test.status.rawValue)),
        ])
    }
}
