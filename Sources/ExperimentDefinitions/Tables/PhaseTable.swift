package import ExperimentDatabase
package import Experimentation

/// Writes the phases of one experiment, inside its caller's transaction.
package struct PhaseTable {
    private static let insertPhase = """
        INSERT INTO phase_definition (experiment_id, number, algorithm, seed) VALUES (?1, ?2, ?3, ?4) RETURNING phase_id
        """
    private static let updatePhase = "UPDATE phase_definition SET algorithm = ?2, seed = ?3 WHERE phase_id = ?1"
    private static let updateDesign = """
        UPDATE phase_definition SET settings = ?2, namespace = ?3, range_start = ?4, range_end = ?5 WHERE phase_id = ?1
        """
    /// A holdout that holds out nobody is as good as none.
    private static let startPhase = """
        UPDATE phase_definition SET started_at_us = ?2,
            holdout = (SELECT name FROM holdout WHERE share > 0),
            holdout_share = (SELECT share FROM holdout WHERE share > 0)
        WHERE phase_id = ?1
        """
    private static let insertVariant = """
        INSERT INTO variant_definition (experiment_id, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING
        """
    private static let insertPhaseVariant = """
        INSERT INTO phase_variant (phase_id, position, variant_id, weight, is_control)
        SELECT ?1, ?2, variant_id, ?5, ?6 FROM variant_definition WHERE experiment_id = ?3 AND name = ?4
        """
    private static let deletePhaseVariants = "DELETE FROM phase_variant WHERE phase_id = ?1"

    private let experimentID: RowNumber<ExperimentRow>
    private let now: Int64

    /// - Parameters:
    ///   - experimentID: The experiment whose phases are written.
    ///   - now: The moment of the change, in µs since 1970 UTC.
    package init(experimentID: RowNumber<ExperimentRow>, now: Int64) {
        self.experimentID = experimentID
        self.now = now
    }

    /// Adds a phase that has not started.
    package func add(
        number: Int, _ experiment: Experiment, seed: Seed, _ connection: borrowing Connection
    ) throws -> RowNumber<PhaseRow> {
        let phaseID = try addEmpty(number: number, experiment.design.algorithm, seed: seed, connection)
        try fill(phaseID, experiment, connection)
        return phaseID
    }

    /// Adds a phase that has nothing yet; what the phase before claims is given up.
    package func addEmpty(
        number: Int, _ algorithm: AssignmentAlgorithm, seed: Seed, _ connection: borrowing Connection
    ) throws -> RowNumber<PhaseRow> {
        let insert = try connection.prepare(Self.insertPhase)
        try insert.bind(experimentID, at: 1)
        try insert.bind(Int64(number), at: 2)
        try insert.bind(algorithm.rawValue, at: 3)
        try insert.bind(seed, at: 4)
        guard try insert.step() else { throw StorageFailure.damaged("the phase could not be added") }
        let phaseID: RowNumber<PhaseRow> = insert.rowNumber(0)
        insert.reset()
        return phaseID
    }

    /// Gives an empty phase its variants and its design.
    package func fill(_ phaseID: RowNumber<PhaseRow>, _ experiment: Experiment, _ connection: borrowing Connection)
        throws
    {
        try setVariants(phaseID, experiment, connection)
        try CoverageTable.set(experiment.design.coverage, of: phaseID, at: now, connection)
        try Self.setDesign(phaseID, experiment.design.settings, experiment.design.namespace, connection)
    }

    /// Gives a phase that has not started another definition.
    package func replace(
        _ phaseID: RowNumber<PhaseRow>, _ experiment: Experiment, seed: Seed, _ connection: borrowing Connection
    ) throws {
        let update = try connection.prepare(Self.updatePhase)
        try update.bind(phaseID, at: 1)
        try update.bind(experiment.design.algorithm.rawValue, at: 2)
        try update.bind(seed, at: 3)
        try update.run()
        let delete = try connection.prepare(Self.deletePhaseVariants)
        try delete.bind(phaseID, at: 1)
        try delete.run()
        try fill(phaseID, experiment, connection)
    }

    /// Fixes a phase: from now on the file's triggers refuse to change it, and the holdout in force stays its own.
    package static func start(_ phaseID: RowNumber<PhaseRow>, at moment: Int64, _ connection: borrowing Connection)
        throws
    {
        let start = try connection.prepare(Self.startPhase)
        try start.bind(phaseID, at: 1)
        try start.bind(moment, at: 2)
        try start.run()
    }

    /// Takes the design of a phase that has not started away, and with it what the phase claims.
    package static func clearDesign(_ phaseID: RowNumber<PhaseRow>, _ connection: borrowing Connection) throws {
        try setDesign(phaseID, nil, nil, connection)
        try CoverageTable.clear(phaseID, connection)
    }

    private static func setDesign(
        _ phaseID: RowNumber<PhaseRow>, _ settings: AssignmentSettings?, _ claim: NamespaceClaim?,
        _ connection: borrowing Connection
    ) throws {
        let update = try connection.prepare(updateDesign)
        try update.bind(phaseID, at: 1)
        try update.bind(settings?.json, at: 2)
        try update.bind(claim?.namespace, at: 3)
        try update.bind(claim?.start, at: 4)
        try update.bind(claim?.end, at: 5)
        try update.run()
    }

    private func setVariants(
        _ phaseID: RowNumber<PhaseRow>, _ experiment: Experiment, _ connection: borrowing Connection
    ) throws {
        let name = try connection.prepare(Self.insertVariant)
        let insert = try connection.prepare(Self.insertPhaseVariant)
        for (position, variant) in experiment.design.variants.enumerated() {
            try name.bind(experimentID, at: 1)
            try name.bind(variant.variantID, at: 2)
            try name.run()
            try insert.bind(phaseID, at: 1)
            try insert.bind(Int64(position), at: 2)
            try insert.bind(experimentID, at: 3)
            try insert.bind(variant.variantID, at: 4)
            try insert.bind(variant.weight, at: 5)
            try insert.bind(variant.isControl ? 1 as Int64 : 0, at: 6)
            try insert.run()
        }
    }
}

/// Writes the share of units that take part in a phase, inside its caller's transaction.
package enum CoverageTable {
    private static let insert = "INSERT INTO phase_coverage VALUES (?1, ?2, ?3)"
    private static let delete = "DELETE FROM phase_coverage WHERE phase_id = ?1"

    /// Gives a phase that has not started its coverage; a phase without a row covers everybody.
    package static func set(
        _ coverage: Double, of phaseID: RowNumber<PhaseRow>, at now: Int64, _ connection: borrowing Connection
    ) throws {
        try clear(phaseID, connection)
        if coverage < 1 { try raise(to: coverage, of: phaseID, at: now, connection) }
    }

    /// Lets more units in.
    package static func raise(
        to coverage: Double, of phaseID: RowNumber<PhaseRow>, at now: Int64, _ connection: borrowing Connection
    ) throws {
        let insert = try connection.prepare(Self.insert)
        try insert.bind(phaseID, at: 1)
        try insert.bind(coverage, at: 2)
        try insert.bind(now, at: 3)
        try insert.run()
    }

    /// Takes the coverage of a phase that has not started away.
    package static func clear(_ phaseID: RowNumber<PhaseRow>, _ connection: borrowing Connection) throws {
        let delete = try connection.prepare(Self.delete)
        try delete.bind(phaseID, at: 1)
        try delete.run()
    }
}
