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
            splitInCells(result.split.mismatches.isEmpty ? [mismatch] : result.split.mismatches, result)
        case .unitsLeftOut(let units):
            "\(name: units.metric) was not measured for \(NumberText.percent(units.treatment)) of the \(result.unit.rawValue)s of \(name: units.variantID), and for \(NumberText.percent(units.control)) of the control’s: \(units.isZero ? "who was not measured counts as 0" : "different people are compared") (\(probability(units.pValue)))"
        case .doubledOutcomes(let doubled):
            "\(NumberText.percent(doubled.treatment)) of the outcomes of \(name: doubled.metric) from \(name: doubled.variantID) repeat the time and the value of the same \(result.unit.rawValue)’s previous outcome, and \(NumberText.percent(doubled.control)) of the control’s: events that were sent twice count twice (\(probability(doubled.pValue)))"
        case .unevenLinks(let variantID, let control, let treatment, let pValue):
            "\(NumberText.percent(treatment)) of the \(result.unit.rawValue)s of \(name: variantID) are linked with another id, and \(NumberText.percent(control)) of the control’s: outcomes are found by links, so the variants are not measured alike (\(probability(pValue)))"
        case .timesCut(let metric, let grain, let outcomes, let since):
            "\(since.map { "From \(Day($0).short) on nearly" } ?? "Nearly") all times of \(name: metric) are whole \(grain.rawValue)s, so \(NumberText.count(outcomes, "outcome")) from the \(grain.rawValue) of the exposure \(outcomes == 1 ? "seems" : "seem") to be before it and \(outcomes == 1 ? "is" : "are") lost"
        case .silentMetric(let metric, let days, let expected):
            "No outcome of \(name: metric) for \(NumberText.count(days, "day")), where about \(NumberText.count(Int(min(expected, 1e9).rounded()))) were expected"
        case .silentVariant(let metric, let variantID, let expected):
            "No outcome of \(name: metric) comes from \(name: variantID) any more; by the other variants, about \(NumberText.count(Int(min(expected, 1e9).rounded()))) were expected"
        case .unexpectedUnits(let count):
            "\(NumberText.count(count, result.unit.rawValue)) \(count == 1 ? "is" : "are") in a variant of weight 0"
        case .crossovers(let share):
            "\(NumberText.percent(share)) of \(result.unit.rawValue)s switched variant; the limit is \(NumberText.level(HealthProblem.crossoverThreshold))"
        case .differentialDiscards(let reason, let variantID, let pValue):
            "\(name: variantID) and the control lose different shares of their \(result.unit.rawValue)s’ outcomes for the reason \(code: reason.rawValue)\(reason == .beforeExposure ? ": other \(result.unit.rawValue)s get it, or its exposures are recorded late" : "") (\(probability(pValue)))"
        case .imbalance(let metric, let variantID, let pValue):
            "\(name: variantID) differed from the control in \(name: metric) before the first exposure: other \(result.unit.rawValue)s get it, or its exposures are recorded late (\(probability(pValue)))"
        case .implausibleLift(let metric, let variantID, let lift):
            "A lift of \(NumberText.lift(lift, decimals: 0)) in \(name: metric) by \(name: variantID) is unusually large: check how \(name: metric) is recorded before you ship"
        case .tooFewUnits(let variantID, let count):
            "\(name: variantID) has too few \(result.unit.rawValue)s (\(NumberText.count(count))) for any result; \(NumberText.count(ConfidenceSequence.minimumUnits)) are needed"
        case .skewed(let metric, let variantID):
            "\(name: metric) is too rare or too uneven for variants of such different size: do not rely on any p-value of \(name: variantID) yet"
        case .noRecentExposure(let hours):
            "The experiment runs, but nobody was exposed in the last \(NumberText.silence(hours: hours)) of the report"
        case .strayExposures(let units, let day, let startDay):
            "\(NumberText.count(units, result.unit.rawValue)) \(units == 1 ? "was" : "were") first exposed long before the others, the earliest on \(Day(day).medium): days are counted from \(Day(startDay).medium) on"
        case .constantMetric(let metric, let units):
            "\(name: metric) is the same for all \(NumberText.count(units, result.unit.rawValue))"
        case .variantWithoutOutcomes(let metric, let variantID, let expected, _):
            "No outcome of \(name: metric) ever came from \(name: variantID); by the other variants, about \(NumberText.count(Int(min(expected, 1e9).rounded()))) were expected"
        case .timesIn1970(let exposures, let outcomes, _):
            "\(records(exposures, outcomes)) dated 1970: a clock that starts at 0, or seconds taken for microseconds. Days are counted without them"
        case .timesAhead(let exposures, let outcomes, _):
            "\(records(exposures, outcomes)) more than a day ahead of the clock"
        case .placeholderUnit(let unitID, let outcomes):
            "The \(result.unit.rawValue) \(name: unitID), with \(NumberText.count(outcomes, "outcome")), is what programs write where they have no id: it may be several people"
        case .dominantUnit(let metric, let unitID, let share, let units):
            "The \(result.unit.rawValue) \(name: unitID) alone makes \(NumberText.percent(share)) of \(name: metric), among \(NumberText.count(units, result.unit.rawValue)) with any: a bot, a test account, or several people under one id"
        case .severalKinds(let metric):
            "\(name: metric) was recorded with several kinds of value: each is a metric of its own"
        case .otherKind(let kind):
            "\(name: kind.metric) was recorded as \(code: kind.recorded.rawValue) for \(NumberText.count(kind.units, result.unit.rawValue)), but is defined as \(code: kind.defined.rawValue): those outcomes do not count in it"
        case .otherName(let name):
            "\(name: name.recorded) was recorded for \(NumberText.count(name.units, result.unit.rawValue)): a name that differs from \(name: name.metric) in case or separators alone, and those outcomes do not count in it"
        case .gapInVariant(let metric, let variantID, let day, let days, let expected):
            "No outcome of \(name: metric) came from \(name: variantID) \(days == 1 ? "on" : "for \(NumberText.count(days, "day")) from") \(Day(day).medium)\(days == 1 ? "" : " on"); by the other variants, about \(NumberText.count(Int(min(expected, 1e9).rounded()))) were expected"
        case .neverExposed(let outcomes, let share):
            "\(NumberText.count(outcomes, "outcome")) (\(NumberText.percent(share))) that \(outcomes == 1 ? "names" : "name") the experiment \(outcomes == 1 ? "is" : "are") of \(result.unit.rawValue)s who were never exposed: exposures may be lost, perhaps more in one variant"
        case .exposuresLost(let lost):
            "\(NumberText.capitalized(result.unit.rawValue))s with outcomes \(lost.isNamed ? "that name the experiment" : "of its goals and guardrails") and without any exposure do not split as planned: by their ids, \(units(lost.units, result)) (\(probability(lost.pValue))). Exposures of \(name: lost.variantID) are lost, above all those of \(result.unit.rawValue)s who did something"
        case .otherSpelling(let own):
            "Outcomes of \(result.unit.rawValue)s (\(units(own.units, result))) belong to nobody: their id differs from that of the exposure in capitals or spaces alone, such as \(name: own.example)"
        case .denominatorMoved(let moved):
            "\(denominator(moved, result)): that alone moves \(name: moved.metric), which is divided by it"
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
        case .doubledOutcomes: "outcomes recorded twice"
        case .unevenLinks: "uneven links"
        case .timesCut(_, let grain, _, _): "times cut to the \(grain.rawValue)"
        case .silentMetric: "no outcomes any more"
        case .silentVariant: "a variant’s outcomes stopped"
        case .unexpectedUnits: "units in a variant of weight 0"
        case .crossovers(let share): "\(NumberText.percent(share)) switched variant"
        case .differentialDiscards: "uneven discards"
        case .imbalance: "uneven from the start"
        case .implausibleLift: "unusually large lift"
        case .tooFewUnits: "too few units"
        case .skewed: "too uneven so far"
        case .noRecentExposure: "no recent exposure"
        case .strayExposures: "stray exposures"
        case .constantMetric: "a metric without variation"
        case .variantWithoutOutcomes: "a variant without outcomes"
        case .timesIn1970: "times in 1970"
        case .timesAhead: "times in the future"
        case .placeholderUnit: "an id that is nobody’s"
        case .dominantUnit: "a unit that outweighs all others"
        case .severalKinds: "one name, several kinds"
        case .otherKind: "recorded as another kind"
        case .otherName: "recorded by another name"
        case .gapInVariant: "a gap in a variant’s outcomes"
        case .neverExposed: "outcomes without an exposure"
        case .denominatorMoved: "a denominator moved"
        case .exposuresLost: "a variant’s exposures lost"
        case .otherSpelling: "ids in another spelling"
        case .missingMetric: "a metric is missing"
        }
    }

    /// The problem and the remedy, in sentences.
    static func advice(_ problem: HealthProblem, _ result: ExperimentResult) -> MarkedText {
        let remedy = remedy(problem)
        return sentence(problem, result) + (remedy.plain.isEmpty ? "." : ". \(remedy)")
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
        case .doubledOutcomes:
            "Find what sends events twice, and give each record an \(code: "id"), so that a repeat adds nothing; then start a new phase."
        case .unevenLinks:
            "Find out why one variant’s visitors log in more often; until then measure by an id that both variants know."
        case .timesCut: "Record the time of the event itself, or cut the exposures’ times likewise."
        case .silentMetric, .silentVariant: "Check that the metric is still recorded."
        case .otherKind(let kind):
            "Record \(name: kind.metric) as \(code: kind.defined.rawValue), or define it as what is recorded; then start a new phase."
        case .otherName(let name): "Record it as \(name: name.metric), then start a new phase."
        case .neverExposed:
            "Check that every exposure is recorded; an outcome that belongs to no experiment in particular needs no name of one."
        case .gapInVariant:
            "Import what was not recorded then; where it is lost, start a new phase, since the variants are not measured alike."
        case .crossovers:
            "Find out why units change their variant: ids that change, or a variant that is drawn anew at each visit."
        case .differentialDiscards(.beforeExposure, _, _):
            "Check that the exposure is recorded before what follows from it, and that who did something before gets no other variant than others do."
        case .differentialDiscards: "Find out why one variant’s outcomes come too early, too late, or without a unit."
        case .imbalance:
            "Check how units get their variant, and that an exposure is recorded before what follows from it; a new phase draws them anew."
        case .noRecentExposure: "Check that exposures are still recorded, or stop the experiment."
        case .strayExposures: "Check the clock that recorded them."
        case .constantMetric: "Check what is recorded: a metric that is the same for everybody tells nothing."
        case .variantWithoutOutcomes(_, _, _, let isDeciding):
            isDeciding ? "Check that the variant records the metric at all." : ""
        case .timesIn1970: "Correct what sends these times; a new phase begins without them."
        case .timesAhead: "Correct the clock of what sends these times; a new phase begins without them."
        case .placeholderUnit: "Leave the id out where there is none: such records are counted and belong to nobody."
        case .dominantUnit: "Give the metric a \(code: "cap"), or stop recording what is nobody’s."
        case .otherSpelling:
            "Record one id for a unit, byte for byte; import the outcomes anew with it, or start a new phase."
        case .exposuresLost:
            "Find where exposures are lost, such as a page that is left before they are sent; repair it, and start a new phase."
        case .denominatorMoved(let moved):
            "Check that \(name: moved.denominator) is recorded alike in every variant, and read the numerator by itself."
        case .implausibleLift, .tooFewUnits, .skewed, .severalKinds, .missingMetric: ""
        }
    }

    /// `clicks per user moved by −10.0% with t (likely between −12.1 and −7.9%)`.
    static func denominator(_ moved: MovedDenominator, _ result: ExperimentResult) -> MarkedText {
        let subject: MarkedText = "\(name: moved.denominator) per \(result.unit.rawValue)"
        guard let interval = moved.interval, let lift = moved.lift else {
            return moved.isClear
                ? "\(subject) differs between \(name: moved.variantID) and the control"
                : "\(subject) is too uneven to say how it moved"
        }
        let decimals = NumberText.decimals(interval)
        return
            "\(subject) moved by \(NumberText.lift(lift, decimals: decimals)) with \(name: moved.variantID) (likely between \(NumberText.lift(interval, decimals: decimals, joint: " and ")))"
    }

    /// More parts than so many are counted, not named.
    private static let namedCells = 4

    /// `The units of two parts do not split as planned: platform = ios (2,000 in c and 1,500 in t) and platform = android (…)`.
    private static func splitInCells(_ cells: [SplitCheck.Mismatch], _ result: ExperimentResult) -> MarkedText {
        if cells.count == 1, let only = cells.first {
            return "The units of \(cell(only.cell)) do not split as planned: \(units(only.units, result))"
        }
        // A single part beyond the limit is named as well as counted.
        let named = cells.count == namedCells + 1 ? cells[...] : cells.prefix(namedCells)
        let more: [MarkedText] =
            named.count < cells.count ? ["\(NumberText.count(cells.count - named.count)) more"] : []
        let parts = named.map { "\(cell($0.cell)) (\(units($0.units, result)))" as MarkedText }
        return
            "The units of \(NumberText.word(cells.count)) parts do not split as planned: \(MarkedText.list(parts + more))"
    }

    /// `3 exposures and 12 outcomes are`.
    private static func records(_ exposures: Int, _ outcomes: Int) -> String {
        let parts = [
            exposures > 0 ? NumberText.count(exposures, "exposure") : nil,
            outcomes > 0 ? NumberText.count(outcomes, "outcome") : nil,
        ].compactMap(\.self)
        return NumberText.list(parts) + (exposures + outcomes == 1 ? " is" : " are")
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

    /// The variant whose share is farthest from its weight, and the share that its weight promises; of two the treatment, since
    /// both are equally far, and rounding would name now the one and now the other.
    static func farthest(
        _ result: ExperimentResult, _ weight: Double
    ) -> (variant: ExperimentResult.Variant, planned: Double)? {
        let units = Double(max(result.units.analysed, 1))
        let named = result.variants.count == 2 ? result.variants.filter { !$0.isControl } : result.variants
        return named.map { ($0, $0.weight / weight) }.max { first, second in
            abs(Double(first.0.units) / units - first.1) < abs(Double(second.0.units) / units - second.1)
        }
    }

    /// `p = 0.0016, safe to check daily`: of the test that raises the alarm, where it has one.
    static func sampleRatio(_ result: ExperimentResult) -> String {
        let (test, sequential) = (result.sampleRatio, result.sequentialSampleRatio)
        if let pValue = sequential.pValue {
            return "p\u{a0}=\u{a0}\(NumberText.pValue(pValue, log: sequential.logPValue)), safe to check daily"
        }
        return "p\u{a0}=\u{a0}\(test.pValue.map { NumberText.pValue($0, log: test.logPValue) } ?? "–")"
    }

    private static func probability(_ pValue: Double) -> String {
        "p\u{a0}=\u{a0}\(NumberText.pValue(pValue, log: nil))"
    }
}
