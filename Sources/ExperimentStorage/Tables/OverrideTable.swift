import ExperimentDatabase
import Experimentation

/// Writes the testers of an experiment, inside its caller's transaction.
enum OverrideTable {
    private static let delete = "DELETE FROM unit_override WHERE experiment_id = ?1"
    private static let insert = """
        INSERT INTO unit_override (experiment_id, unit_id, variant_id)
        SELECT ?1, ?2, variant_id FROM variant_definition WHERE experiment_id = ?1 AND name = ?3
        """

    /// Replaces them.
    static func set(
        _ experimentID: RowNumber<ExperimentRow>, _ overrides: [VariantOverride], _ connection: borrowing Connection
    ) throws {
        let delete = try connection.prepare(Self.delete)
        try delete.bind(experimentID, at: 1)
        try delete.run()
        let insert = try connection.prepare(Self.insert)
        for override in overrides {
            try insert.bind(experimentID, at: 1)
            try insert.bind(override.unitID, at: 2)
            try insert.bind(override.variantID, at: 3)
            try insert.run()
        }
    }
}
