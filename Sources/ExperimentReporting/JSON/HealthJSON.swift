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
            self.mismatch(mismatch)
        case .unitsLeftOut(let units):
            [
                ("metric", .name(units.metric)), ("variant_id", .name(units.variantID)),
                ("control_share", .number(units.control)), ("treatment_share", .number(units.treatment)),
                ("p_value", .number(units.pValue)),
            ]
        case .doubledOutcomes(let doubled):
            [
                ("metric", .name(doubled.metric)), ("variant_id", .name(doubled.variantID)),
                ("control_share", .number(doubled.control)), ("treatment_share", .number(doubled.treatment)),
                ("p_value", .number(doubled.pValue)),
            ]
        case .unevenLinks(let variantID, let control, let treatment, let pValue):
            [
                ("variant_id", .name(variantID)), ("control_share", .number(control)),
                ("treatment_share", .number(treatment)), ("p_value", .number(pValue)),
            ]
        case .timesCut(let metric, let grain, let outcomes, let since):
            [("metric", .name(metric)), ("grain", .string(grain.rawValue)), ("outcomes", .integer(outcomes))]
                + (since.map { [("since", .string(CivilDate($0).text))] } ?? [])
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
        case .constantMetric(let metric, let units):
            [("metric", .name(metric)), ("units", .integer(units))]
        case .variantWithoutOutcomes(let metric, let variantID, let expected, _):
            [("metric", .name(metric)), ("variant_id", .name(variantID)), ("expected", .number(expected))]
        case .timesIn1970(let exposures, let outcomes, _), .timesAhead(let exposures, let outcomes, _):
            [("exposures", .integer(exposures)), ("outcomes", .integer(outcomes))]
        case .placeholderUnit(let unitID, let outcomes):
            [("unit_id", .name(unitID)), ("outcomes", .integer(outcomes))]
        case .dominantUnit(let metric, let unitID, let share, let units):
            [
                ("metric", .name(metric)), ("unit_id", .name(unitID)), ("share", .number(share)),
                ("units_with_value", .integer(units)),
            ]
        case .noRecentExposure(let hours): [("hours", .integer(hours))]
        case .strayExposures(let units, let day, let startDay):
            [
                ("units", .integer(units)), ("first_day", .string(CivilDate(day).text)),
                ("start_day", .string(CivilDate(startDay).text)),
            ]
        case .otherKind(let kind):
            [
                ("metric", .name(kind.metric)), ("recorded", .string(kind.recorded.rawValue)),
                ("defined", .string(kind.defined.rawValue)), ("units", .integer(kind.units)),
            ]
        case .otherSpelling(let own):
            [("units", .array(own.units.map { .integer($0) })), ("unit_id", .name(own.example))]
        case .exposuresLost(let lost):
            [
                ("variant_id", .name(lost.variantID)), ("units", .array(lost.units.map { .integer($0) })),
                ("outcomes_name_it", .bool(lost.isNamed)), ("p_value", .number(lost.pValue)),
            ]
        case .denominatorMoved(let moved):
            [
                ("metric", .name(moved.metric)), ("denominator", .name(moved.denominator)),
                ("variant_id", .name(moved.variantID)), ("lift", .number(moved.lift)),
            ]
        case .neverExposed(let outcomes, let share):
            [("outcomes", .integer(outcomes)), ("share", .number(share))]
        case .otherName(let name):
            [
                ("metric", .name(name.metric)), ("recorded", .name(name.recorded)), ("units", .integer(name.units)),
            ]
        case .gapInVariant(let metric, let variantID, let day, let days, let expected):
            [
                ("metric", .name(metric)), ("variant_id", .name(variantID)), ("day", .string(CivilDate(day).text)),
                ("days", .integer(days)), ("expected", .number(expected)),
            ]
        case .severalKinds(let metric), .missingMetric(let metric): [("metric", .name(metric))]
        }
    }

    private static func mismatch(_ mismatch: SplitCheck.Mismatch) -> [(key: String, value: JSONValue)] {
        [
            ("cell", cell(mismatch.cell)), ("units", .array(mismatch.units.map { .integer($0) })),
            ("log_e_value", .number(mismatch.test.logEValue)),
        ]
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
            ("mismatches", .array(split.mismatches.prefix(20).map { .object(mismatch($0)) })),
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
