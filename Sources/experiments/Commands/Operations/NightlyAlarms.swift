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

    /// An alarm near its threshold goes out for a night and is the same one the night after.
    private static let quietNights = 3

    let all: [Alarm]

    /// Alarms of what runs; a stopped experiment cannot be repaired.
    ///
    /// An alarm is new when the last nights reported before did not have it about the same metric, variant or reason,
    /// whatever nights were made up for since.
    init(_ results: AnalysisResults, reportedBefore: Int?) {
        all = results.experiments.filter { $0.status == .running }.flatMap { result in
            let known = reportedBefore.map { $0 - Self.quietNights + 1...$0 }
            let before = result.nights.filter { known?.contains($0.day) ?? false }.flatMap(\.alarms)
            return result.problems.filter(\.isAlarm).map { problem in
                Alarm(
                    experiment: result.experiment, problem: problem, isOnset: !before.contains(NightAlarm(problem)),
                    sentence: ProblemText.plain(problem, result))
            }
        }
    }
}
