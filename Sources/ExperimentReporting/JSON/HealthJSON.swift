import ExperimentAnalysis
import ExperimentJSON
import ExperimentStatistics
import Experimentation

/// Whether an experiment may be believed, as JSON.
enum HealthJSON {
    static func problem(_ problem: HealthProblem) -> JSONValue {
        .object([("problem", .string(problem.name)), ("alarm", .bool(problem.isAlarm))] + details(problem))
    }

    private static func details(_ problem: HealthProblem) -> [(key: String, value: JSONValue)] {
        switch problem {
        case .sampleRatioMismatch: []
        case .splitInCell(let mismatch):
            [
                ("cell", cell(mismatch.cell)), ("units", .array(mismatch.units.map { .integer($0) })),
                ("log_e_value", .number(mismatch.test.logEValue)),
            ]
        case .unitsLeftOut(let units):
            [
                ("metric", .name(units.metric)), ("variant_id", .name(units.variantID)),
                ("control_share", .number(units.control)), ("treatment_share", .number(units.treatment)),
                ("p_value", .number(units.pValue)),
            ]
        case .unevenLinks(let variantID, let control, let treatment, let pValue):
            [
                ("variant_id", .name(variantID)), ("control_share", .number(control)),
                ("treatment_share", .number(treatment)), ("p_value", .number(pValue)),
            ]
        case .timesCut(let metric, let grain, let outcomes):
            [("metric", .name(metric)), ("grain", .string(grain.rawValue)), ("outcomes", .integer(outcomes))]
        case .silentMetric(let metric, let days, let expected):
            [("metric", .name(metric)), ("days", .integer(days)), ("expected", .number(expected))]
        case .silentVariant(let metric, let variantID, let expected):
            [("metric", .name(metric)), ("variant_id", .name(variantID)), ("expected", .number(expected))]
        case .unexpectedUnits(let count): [("count", .integer(count))]
        case .crossovers(let share): [("share", .number(share))]
        case .differentialDiscards(let reason, let variantID, let pValue):
            [("reason", .string(reason.rawValue)), ("variant_id", .name(variantID)), ("p_value", .number(pValue))]
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

    private static func cell(_ cell: SplitCheck.Cell) -> JSONValue {
        switch cell {
        case .day(let day): .object([("day", .string(CivilDate(day).text))])
        case .attribute(let attribute, let value):
            .object([("attribute", .name(attribute))] + SegmentJSON.members(value))
        }
    }

    /// The split by the tests that alarms rest on.
    static func split(_ split: SplitCheck) -> JSONValue {
        .object([
            ("log_e_value", .number(split.all.logEValue)), ("alarm", .bool(split.isMismatch)),
            ("cells", .integer(split.cells)), ("cells_with_alarm", .integer(split.mismatches.count)),
        ])
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
