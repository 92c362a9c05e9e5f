package import Experimentation

/// A call of one of the plugin's three methods.
package enum Call: Sendable {
    case assign(ExperimentName, ExperimentContext)
    case exposure(ExposureRecord)
    case outcome(OutcomeRecord)

    /// The method's name.
    var name: String {
        switch self {
        case .assign: "assign"
        case .exposure: "recordExposure"
        case .outcome: "recordOutcome"
        }
    }

    package func make(on plugin: any ExperimentPlugin) async throws(ExperimentError) {
        switch self {
        case .assign(let experiment, let context): _ = try plugin.assign(experiment.text, for: context)
        case .exposure(let record): try await plugin.recordExposure(record)
        case .outcome(let record): try await plugin.recordOutcome(record)
        }
    }

    /// An exposure of a user to the control of the button test, changed as told.
    package static func exposure(_ user: UnitID?, _ change: (inout ExposureRecord) -> Void = { _ in }) -> Call {
        var record = ExposureRecord(
            experiment: Definitions.button.text, variantID: "control", userID: user?.text, timestampMicroseconds: start)
        change(&record)
        return .exposure(record)
    }

    /// An outcome of a user in the button test, changed as told.
    package static func outcome(_ user: UnitID?, _ change: (inout OutcomeRecord) -> Void = { _ in }) -> Call {
        var record = OutcomeRecord(
            experiment: Definitions.button.text, metric: "purchase", value: .bool(true), userID: user?.text,
            timestampMicroseconds: start)
        change(&record)
        return .outcome(record)
    }

    /// A record of each kind in an experiment.
    package static func records(of experiment: ExperimentName) -> [Call] {
        [exposure("ada") { $0.experiment = experiment }, outcome("ada") { $0.experiment = experiment }]
    }

    /// Exposures with each enrollment, of experiments that run, do not yet and do no more.
    static let everyEnrollment = [Definitions.button, Definitions.draft, Definitions.stopped, Definitions.decided]
        .flatMap { experiment in
            Enrollment.allCases.map { enrollment in
                exposure("ada") {
                    $0.experiment = experiment
                    $0.enrollment = enrollment
                }
            }
        }

    /// 2026-01-01T00:00:00Z.
    private static let start: Int64 = 1_767_225_600_000_000
}
