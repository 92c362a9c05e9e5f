import ExperimentDatabase
import StoreTestSupport

/// Phases and runs at times that a test chooses; the library writes them at the moment of the change.
extension TestStore {
    /// Writes to the file beside the store, as an operator by hand.
    func edit(_ sql: String) throws {
        try Connection.open(path, .readWrite).execute(sql)
    }

    /// Adds a phase that began at a time in µs since 1970, or has not begun.
    func addPhase(_ number: Int, of experiment: Int = 1, from start: Int64?, _ variants: [String]) throws {
        let phase = "(SELECT phase_id FROM phase_definition WHERE experiment_id = \(experiment) AND number = \(number))"
        let insertions = variants.enumerated().map { position, name in
            """
            INSERT INTO variant_definition (experiment_id, name) VALUES (\(experiment), '\(name)') ON CONFLICT DO NOTHING;
            INSERT INTO phase_variant SELECT \(phase), \(position), variant_id, 1, \(position == 0 ? 1 : 0)
            FROM variant_definition WHERE experiment_id = \(experiment) AND name = '\(name)';
            """
        }
        try edit(
            """
            -- A running server starts a phase that it sees without a start, so it must see the phase whole.
            BEGIN IMMEDIATE;
            INSERT INTO phase_definition (experiment_id, number, algorithm, seed)
            VALUES (\(experiment), \(number), 'fnv1a64-fmix64', 'seed');
            \(insertions.joined(separator: "\n"))
            UPDATE phase_definition SET started_at_us = \(start.map { "\($0)" } ?? "NULL")
            WHERE experiment_id = \(experiment) AND number = \(number);
            COMMIT;
            """)
    }
}
