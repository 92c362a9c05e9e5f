import ExperimentDatabase
public import ExperimentDefinitions
public import Experimentation

/// The result of a merge.
public struct MergeSummary: Sendable, Hashable {
    /// The rows of a log that were taken, were there, or were left out.
    struct Rows: Sendable, Hashable {
        var added = 0
        var repeated = 0
        var erased = 0
    }

    /// Exposures that were added.
    public private(set) var exposures = 0
    /// Outcomes that were added.
    public private(set) var outcomes = 0
    /// Links that were added.
    public private(set) var links = 0
    /// Rows with the record id of another one, of which only the first is there.
    public private(set) var repeated = 0
    /// Rows of units that some file has erased, which were left out.
    public private(set) var erased = 0
    /// Rows of such units that earlier merges had taken, which were removed.
    public internal(set) var removed = 0

    /// Phases that a file had removed rows of by a retention, and that no earlier merge knew to be such.
    public internal(set) var retained: [RetainedPart] = []

    /// A phase whose rows a retention removed from one of the files.
    public struct RetainedPart: Sendable, Hashable {
        /// The file, as it was given.
        public let file: String
        /// The phase, as that file has it.
        public let phase: RetainedPhase
    }

    /// Rows that were added to any log.
    var added: Int { exposures + outcomes + links }

    mutating func add(_ rows: Rows, to log: RowID.Log) {
        switch log {
        case .exposure: exposures += rows.added
        case .outcome: outcomes += rows.added
        case .link: links += rows.added
        }
        repeated += rows.repeated
        erased += rows.erased
    }
}

/// Joins the files of several servers into one, for analysis.
public enum ExperimentMerge {
    /// Merges files into one: all of them, or nothing.
    ///
    /// A row keeps its number behind the first bits of its file's id. So what was merged before is not merged again, rows of
    /// equal time are in the order of their files' ids and then of their numbers, and neither the order of merging nor how
    /// often changes any number of a report. Of rows with the same record id the first in that order of files and numbers stays. What
    /// an exposure does not say is decided as its own file decides it. Nobody can record into the merged file. Where a retention
    /// removed a phase's rows from any of the files, reports of the merged one leave the phase out.
    ///
    /// Reads every row that is new, as of one moment of each file; blocks. Memory does not grow with the rows.
    /// - Parameters:
    ///   - paths: The files, of servers or merged ones; servers may go on recording.
    ///   - target: The file to merge into; made where there is none.
    ///   - permissions: The mode of a new file.
    ///   - tell: Called with each file's path as its rows are read.
    /// - Returns: What was done.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` where files define different things, all of which are named,
    ///   where the target has rows of its own, or where a file cannot be read or written.
    public static func merge(
        _ paths: [String], into target: String, permissions: UInt32 = 0o600,
        telling tell: (String) -> Void = { _ in }
    ) throws(ExperimentError) -> MergeSummary {
        try translating("merge") {
            let path = try DatabasePath(target)
            let sources = try paths.map { name in
                guard try DatabasePath(name) != path else {
                    throw StorageFailure.file("\(name) cannot be merged into itself")
                }
                return try MergeSource(name)
            }
            guard DatabaseFile.exists(path) else {
                var summary = MergeSummary()
                try DatabaseFile.make(path, permissions: permissions) { connection in
                    summary = try fill(sources, connection, tell)
                }
                return summary
            }
            let tool = try ToolConnection(path, creating: false, permissions: permissions)
            guard try !tool.hasOwner() else {
                throw StorageFailure.file("a server records into this file, so nothing can be merged into it")
            }
            // A night that is being stored knows nothing of these rows, and would be the later of the two.
            let night = try FileLock.acquire(tool.path.nightLock, permissions: permissions, waiting: 10_000)
            guard let night else {
                throw StorageFailure.file("a nightly run is at work on this file: merge into it when that is done")
            }
            let lock = try tool.takeGuard()
            let summary = try fill(sources, tool.connection, tell)
            lock.release()
            night.release()
            if summary.removed > 0 { _ = try RowRemoval.emptyLog(tool, waiting: .seconds(30)) }
            try? tool.checkpointIfUnowned()
            return summary
        }
    }

    private static func fill(
        _ sources: [MergeSource], _ connection: borrowing Connection, _ tell: (String) -> Void
    ) throws -> MergeSummary {
        let transaction = try connection.begin()
        let summary = try MergedFile.fill(sources, connection, telling: tell)
        for source in sources { try source.connection.checkIsUnchanged() }
        try transaction.commit()
        return summary
    }
}
