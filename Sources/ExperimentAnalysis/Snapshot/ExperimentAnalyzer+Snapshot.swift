import ExperimentDatabase
public import Experimentation

extension ExperimentAnalyzer {
    /// Writes the public views of one moment into a new file, as tables with indexes.
    ///
    /// The file is for programs that give a query a second (datasette), or read tables and not views (DuckDB, pandas, R).
    /// The copy is plain SQLite and no experiment database any more. The rows are those of the views themselves, evaluated on a
    /// copy from which later rows and later phases were taken away. Takes a copy's time, and that of the views, of which what
    /// several have in common is evaluated once; on disk, for the moment, a few times the file's size. Blocks the thread.
    /// - Parameters:
    ///   - path: Where the file goes; nothing may be there.
    ///   - asOf: µs since 1970: what happened from then on is left out, as in a report; nil: nothing.
    ///   - phase: The phase, for each experiment that had it; nil: the latest.
    ///   - tell: Called with the name of each table as it is made.
    /// - Returns: The snapshot, to be read.
    /// - Throws: ``Experimentation/ExperimentError/invalidContext(_:)`` for a phase that no experiment had;
    ///   ``Experimentation/ExperimentError/backend(_:)`` when the file is missing, not ours or damaged, or the snapshot
    ///   cannot be written.
    public func writeSnapshot(
        to path: String, asOf: Int64? = nil, phase: Int? = nil, telling tell: (String) -> Void = { _ in }
    ) throws(ExperimentError) -> ExperimentSnapshot {
        try translating("snapshot") {
            let destination = try DatabasePath(path)
            let tables = SnapshotTables(asOf: asOf, phase: phase)
            try Backup.copy(
                self.path, to: destination,
                changing: { copy in try tables.make(in: try Connection.open(copy, .copy), telling: tell) })
            return ExperimentSnapshot(path: destination)
        }
    }
}
