import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

extension DefinitionSnapshot {
    /// What `assign` goes by from a moment on, in µs since 1970 UTC; what has not changed is taken from the one before.
    ///
    /// An experiment by an algorithm that is not there, or that refuses the settings, enrolls nobody. Its testers, its
    /// stop and its winner are in force, and so is everything about the others.
    /// - Returns: The catalog, and why experiments enroll nobody.
    func catalog(
        _ algorithms: AssignmentAlgorithms, at now: Int64, after old: ExperimentCatalog
    ) -> (catalog: ExperimentCatalog, problems: [ExperimentError]) {
        var assigners: [Assigner] = []
        assigners.reserveCapacity(experiments.count)
        var problems: [ExperimentError] = []
        for known in experiments {
            if let assigner = old[known.stored.experiment.id], known.isCurrent(assigner, at: now) {
                assigners.append(assigner)
                continue
            }
            do throws(ExperimentError) {
                assigners.append(try known.assigner(algorithms, at: now))
            } catch {
                let id = known.stored.experiment.id
                problems.append(.invalid("experiment", "'\(id)' cannot be assigned by this program: \(error)"))
                let nobody = AssignmentAlgorithms.enrollingNobody(by: known.stored.experiment.design.algorithm)
                if let assigner = try? known.assigner(nobody, at: now) { assigners.append(assigner) }
            }
        }
        return (ExperimentCatalog(assigners), problems)
    }

    /// Whether a schedule has begun or ended that the file does not show yet.
    func isUnsettled(at now: Int64) -> Bool {
        scheduled.contains { known in
            let status = known.stored.experiment.status(at: now)
            return status == .stopped || status == .running && !known.stored.isPhaseStarted
        }
    }

    /// The next moment, after a given one, at which a schedule begins or ends; nil when there is none.
    func nextChange(after now: Int64) -> Int64? {
        var next: Int64?
        for known in scheduled {
            for date in [known.stored.experiment.schedule.startsAt, known.stored.experiment.schedule.endsAt] {
                guard let moment = date?.microsecondsSince1970, moment > now else { continue }
                next = min(next ?? moment, moment)
            }
        }
        return next
    }
}

extension KnownExperiment {
    /// Whether a fresh assigner, of the same algorithms, would answer the same as one that is there.
    fileprivate func isCurrent(_ assigner: Assigner, at now: Int64) -> Bool {
        assigner.isCurrent(stored.experiment, seed: stored.seed, holdout: stored.holdout, at: now)
    }

    /// What assigns its units from a moment on.
    fileprivate func assigner(_ algorithms: AssignmentAlgorithms, at now: Int64) throws(ExperimentError) -> Assigner {
        try Assigner(stored.experiment, seed: stored.seed, holdout: stored.holdout, algorithms: algorithms, at: now)
    }
}
