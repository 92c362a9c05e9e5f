import ExperimentAnalysis
import ExperimentReporting
import Experimentation

/// The alarms of a night, and which of them are new.
struct NightlyAlarms {
    struct Alarm: Equatable {
        let experiment: ExperimentName
        let problem: HealthProblem
        /// Whether the last night that was reported did not have it.
        let isOnset: Bool
        let sentence: String
    }

    let all: [Alarm]

    /// Alarms of what runs; a stopped experiment cannot be repaired.
    ///
    /// An alarm is new when the last night reported before did not have it about the same metric, variant or reason,
    /// whatever nights were made up for since.
    init(_ results: AnalysisResults, reportedBefore: Int?) {
        all = results.experiments.filter { $0.status == .running }.flatMap { result in
            let before = result.nights.last { $0.day == reportedBefore }?.alarms ?? []
            return result.problems.filter(\.isAlarm).map { problem in
                Alarm(
                    experiment: result.experiment, problem: problem, isOnset: !before.contains(NightAlarm(problem)),
                    sentence: ProblemText.plain(problem, result))
            }
        }
    }
}

/// The verdicts of a night that somebody should act on, and which of them are new.
struct NightlyVerdicts {
    struct Verdict {
        let experiment: ExperimentName
        let isStop: Bool
        /// Whether the last night that was reported said something else, or of another treatment.
        let isNew: Bool
        let sentence: String
    }

    let all: [Verdict]

    var new: [Verdict] { all.filter(\.isNew) }

    /// Verdicts of what runs; what cannot be read is an alarm.
    init(_ results: AnalysisResults, reportedBefore: Int?) {
        all = results.experiments.filter { $0.status == .running && $0.isTrustworthy && $0.decision.isDue }.map {
            result in
            let decision = result.decision
            let before = result.nights.last { $0.day == reportedBefore }
            return Verdict(
                experiment: result.experiment, isStop: decision.verdict == .stop,
                isNew: before?.verdict != decision.verdict || before?.variantID != decision.variantID,
                sentence: VerdictSummary.plain(result))
        }
    }
}
