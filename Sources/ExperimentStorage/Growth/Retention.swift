import ExperimentDatabase
public import ExperimentDefinitions
public import Experimentation

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension ExperimentAdministrator {
    /// Says which rows are needed no more; removes nothing.
    ///
    /// Reads both logs once. Blocks.
    /// - Parameters:
    ///   - age: Outcomes that name no experiment go where they happened before this, and nobody needs them; nil keeps them all.
    ///   - isTakingUnseen: Whether rows of earlier phases go of which no night is stored, so that nothing says what they showed.
    /// - Returns: The plan.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func planRetention(
        unnamedBefore age: Date? = nil, withUnseenPhases isTakingUnseen: Bool = false
    ) throws(ExperimentError) -> RetentionPlan {
        try translating("plan the retention") {
            let snapshot = try file.connection.beginSnapshot()
            let plan = try RetentionPlan(unnamedBefore: age, withUnseenPhases: isTakingUnseen, file.connection)
            try snapshot.commit()
            return plan
        }
    }

    /// Removes the rows that are needed no more, beside a running server or without one: those of experiments that are
    /// stopped, once a night says how they ended; and by age those that name no experiment, where no other experiment needs
    /// them.
    ///
    /// Results stay as stored nights have them. A report leaves such an experiment out from then on, and the experiment can
    /// only run again in a new phase. Links that experiments still go by are kept. Interrupted, it goes on when it is called
    /// again. Blocks.
    /// - Parameters:
    ///   - age: As ``planRetention(unnamedBefore:withUnseenPhases:)``.
    ///   - isTakingUnseen: As there.
    ///   - patience: How long to wait for the server that owns the file to empty the log.
    /// - Returns: What was removed and what stayed, and the receipt; no receipt where nothing was to be removed.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be written.
    public func retain(
        unnamedBefore age: Date? = nil, withUnseenPhases isTakingUnseen: Bool = false,
        waiting patience: Duration = .seconds(30)
    ) throws(ExperimentError) -> (plan: RetentionPlan, receipt: Removal?) {
        let planned = try planRetention(unnamedBefore: age, withUnseenPhases: isTakingUnseen)
        return try translating("retain") {
            // An open receipt lets everybody delete rows: where a removal was interrupted after its last row, it is closed.
            let isInterrupted = try RemovalTable.isOpen(.retention, file.connection)
            guard planned.exposures + planned.outcomes > 0 || isInterrupted else { return (planned, nil) }
            var removal = try RowRemoval(.retention, file)
            let receipt = removal.receipt
            // Anew, in the transaction that takes the experiments out of reports: one may have been started since.
            let plan = try RowRemoval.change(file) { connection in
                let plan = try RetentionPlan(unnamedBefore: age, withUnseenPhases: isTakingUnseen, connection)
                try connection.run(
                    """
                    INSERT OR IGNORE INTO retained_phase
                    SELECT phase_id, ?1 FROM phase_definition
                    WHERE experiment_id IN (SELECT experiment_id FROM temp.finished)
                    """, receipt)
                return plan
            }
            for (log, condition) in plan.conditions { try removal.remove(condition, from: log, file) }
            try removal.finish(plan.conditions, file) { _ in }
            return (plan, try RowRemoval.emptyLog(file, waiting: patience))
        }
    }
}
