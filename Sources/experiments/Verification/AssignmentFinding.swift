import ExperimentReporting
import ExperimentStorage

/// What assigning everybody once more came to; never damage, since records are trusted.
enum AssignmentFinding {
    private static let meaning = """
        The log keeps what was shown, so this is no damage: imported histories and programs with a hash of their own \
        differ; what a server shows by this file's answers does not.
        """

    static func of(_ phases: [PhaseReplay]) -> VerificationFinding {
        let exposures = phases.reduce(0) { $0 + $1.exposures }
        let disagreements = phases.reduce(0) { $0 + $1.disagreements }
        let obstacles = phases.compactMap { phase in
            phase.obstacle.map { "\(name(phase)) cannot be replayed: \($0)" }
        }
        guard disagreements > 0 else {
            let fine = "\(NumberText.count(exposures)) enrolled exposures have the variant that their phase gives the unit"
            return VerificationFinding(obstacles.isEmpty ? .fine : .note, fine, details: obstacles)
        }
        let differing = phases.filter { $0.disagreements > 0 }
        return VerificationFinding(
            .note,
            "\(NumberText.count(disagreements)) of \(NumberText.count(exposures)) enrolled exposures have another variant than "
                + "their phase gives the unit",
            details: differing.map {
                "\(name($0)): \(NumberText.count($0.disagreements)) of \(NumberText.count($0.exposures))"
            } + obstacles + [meaning],
            examples: differing.flatMap { phase in phase.examples.map { "\(name(phase)), \(text($0))" } })
    }

    private static func name(_ phase: PhaseReplay) -> String { "\(phase.experiment), phase \(phase.phase)" }

    private static func text(_ found: PhaseReplay.Disagreement) -> String {
        let replayed = found.replayed.map { "gives \($0)" } ?? "leaves it out"
        return "exposure \(NumberText.count(found.exposure)): \(found.unitID) saw \(found.logged), the phase \(replayed)"
    }
}
