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
    /// An alarm is new when the last nights reported before did not have it about the same metric, variant or reason, nor
    /// another that the same fault shows as, whatever nights were made up for since.
    init(_ results: AnalysisResults, reportedBefore: Int?) {
        all = results.experiments.filter { $0.status == .running }.flatMap { result in
            let alarms = result.problems.filter(\.isAlarm)
            return alarms.enumerated().map { place, problem in
                // Two alarms of this very night may be what one fault shows.
                let isTold =
                    alarms[..<place].contains { NightAlarm($0).tells(NightAlarm(problem)) }
                    || reportedBefore.map {
                        result.nights.tell(problem, on: $0 - Self.quietNights + 1...$0, through: $0)
                    } ?? false
                return Alarm(
                    experiment: result.experiment, problem: problem, isOnset: !isTold,
                    sentence: ProblemText.plain(problem, result))
            }
        }
    }
}
