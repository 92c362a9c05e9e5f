import ExperimentDatabase
import ExperimentDefinitions
public import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Keeps what a file's experiments showed at the end of each day, and reports the last of them.
///
/// A night is stored once a date and never changed, so that intervals which are looked at every night hold for what was
/// seen. Only one of these is at work on a file at a time, beside a running server or without one. Days are numbers since
/// 1970-01-01, of the calendar that the options name. Every call blocks; use it from one thread.
public final class NightlyAnalysis {
    /// What a run has done, or is busy with.
    public enum Progress: Sendable, Hashable {
        /// A day is analysed as of its end, and this is the step.
        case analyzing(day: Int, AnalysisStep)
        /// The nights of these days are missing and stay so: more were missed than are made up for.
        case givenUp(days: ClosedRange<Int>)
        /// A night was stored.
        case stored(day: Int)
        /// So many results of metrics that a night did not know were added to it: one a metric and variant.
        case completed(day: Int, results: Int)
    }

    private let tool: ToolConnection
    /// Held as long as this is there.
    private let lock: FileLock
    private let analyzer: ExperimentAnalyzer

    /// Opens a file and keeps other nightly runs away; a file of an older schema is brought to this library's.
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - permissions: The mode of the files beside it.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file is missing, not ours, damaged or of a newer
    ///   library, or when another run is at work.
    public init(databaseAt path: String, permissions: UInt32 = 0o600) throws(ExperimentError) {
        let analyzer = try ExperimentAnalyzer(databaseAt: path)
        let tool = try translating("open") {
            try ToolConnection(DatabasePath(path), creating: false, permissions: permissions)
        }
        let lock = try translating("begin the nightly run") {
            let lock = try FileLock.acquire(tool.path.nightLock, permissions: permissions, waiting: 0)
            guard let lock else { throw StorageFailure.file("another nightly run is at work on the database") }
            return lock
        }
        self.analyzer = analyzer
        self.tool = tool
        self.lock = lock
    }

    deinit {
        // Best effort: the log is read together with the file until somebody copies it.
        try? tool.checkpointIfUnowned()
    }

    /// The days whose nights are stored, in order.
    /// - Returns: The days.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func storedDays() throws(ExperimentError) -> [Int] {
        try translating("list nights") { try NightTable.days(tool.connection) }
    }

    /// Begins a look for pages that SQLite finds damaged, which ends before anything is stored: a night is stored once, so a
    /// wrong one would stay.
    ///
    /// The check reads the whole file, 0.2 s for a million rows, 89 MB, of which half have ids: so it goes on while the first
    /// analysis does, which leaves a core idle now and then.
    private func beginCheck() -> ParallelWork<Void, ExperimentError> {
        ParallelWork { [path = tool.path] () throws(ExperimentError) in
            try translating("check the file") {
                let found = try DatabaseFile.openForReading(path).value("PRAGMA quick_check(1)") { $0.text(0) } ?? ""
                guard found == "ok" else {
                    throw StorageFailure.damaged(
                        "the file is damaged, so no night was stored; `experiments verify` says what is wrong")
                }
            }
        }
    }

    /// Refuses to add to nights of a merged file: they keep the last row that was there, and rows that are merged later may
    /// have smaller numbers.
    private func checkIsNotMerged() throws(ExperimentError) {
        try translating("complete nights") {
            guard try EpochTable.isMerged(tool.connection) else { return }
            throw StorageFailure.file(
                "the file was merged from others, so it cannot be told which of its rows a night knew: nothing can be added "
                    + "to its nights, and those that are stored from now on have every metric")
        }
    }

    /// Stores a night, once a date; one transaction.
    /// - Parameters:
    ///   - results: What an analysis as of the end of the day found.
    ///   - day: The day.
    /// - Returns: Whether it was stored; false where its date was there, and nothing was changed.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when it cannot be stored; then nothing of it is.
    public func store(_ results: AnalysisResults, day: Int) throws(ExperimentError) -> Bool {
        try write("store a night") {
            try NightTable.store(results, day: day, at: Date().microsecondsSince1970, $0)
        }
    }

    /// Removes the night of a day that was stored by mistake; one transaction.
    ///
    /// The view `withdrawn_nights` keeps that it was there and what it had decided. Its day can be stored anew: by ``run(day:_:catchingUp:completing:telling:)``
    /// of that day, or as a missed night where it was the last.
    /// - Parameter day: The day.
    /// - Returns: Whether its night was stored.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when it cannot be removed; then all of it is there.
    public func withdraw(day: Int) throws(ExperimentError) -> Bool {
        try write("withdraw a night") { try NightTable.withdraw(day, at: Date().microsecondsSince1970, $0) }
    }

    /// Analyses a day as of its end, stores its night and those that were missed before it; one pass over the logs each.
    ///
    /// What is returned is what was stored: the same numbers of the same moment, with the night itself as the last of the
    /// stored ones. A day whose night was stored before is analysed again and keeps its night.
    /// - Parameters:
    ///   - day: The day to report.
    ///   - options: By which rules; the time is the day's end, whatever they say.
    ///   - limit: How many of the latest missed nights are made up for at most, the day's own included.
    ///   - isCompleting: Whether stored nights get the metrics that they do not know, of the units that they knew; one more
    ///     pass over the logs each.
    ///   - report: Called with what is done, and as each step of an analysis begins.
    /// - Returns: What the file shows as of the day's end, and the last day before it whose night was stored before this
    ///   call; nil for none.
    /// - Throws: As ``ExperimentAnalyzer/analyze(_:telling:)``, and for a day that no file can hold; nights that were stored
    ///   by then stay.
    public func run(
        day: Int, _ options: AnalysisOptions = AnalysisOptions(), catchingUp limit: Int = 31,
        completing isCompleting: Bool = false, telling report: (Progress) -> Void = { _ in }
    ) throws(ExperimentError) -> (results: AnalysisResults, reportedBefore: Int?) {
        guard Rules.timestamps.contains(options.calendar.start(of: day + 1)) else {
            throw .invalid("day", "must end within the years 1970 to 9999")
        }
        if isCompleting { try checkIsNotMerged() }
        let stored = try storedDays()
        let missing = Self.missing(stored: stored, through: day, atMost: limit)
        let check = isCompleting || !missing.isEmpty ? beginCheck() : nil
        if let last = stored.filter({ $0 <= day }).max(), let first = missing.first, first > last + 1 {
            report(.givenUp(days: last + 1...first - 1))
        }
        for missed in missing where missed < day {
            let results = try analyze(missed, options, report, beside: check)
            if try store(results, day: missed) { report(.stored(day: missed)) }
        }
        if isCompleting {
            for night in try storedDays() where night <= day { try complete(night, options, report, beside: check) }
        }
        var results = try analyze(day, options, report, beside: check)
        if missing.contains(day), try store(results, day: day) {
            report(.stored(day: day))
            results = results.adding(night: day)
        }
        return (results, stored.filter { $0 < day }.max())
    }

    /// The days from the one after the last stored to a day, at most so many of the latest; only the day itself where none
    /// is stored, and none where it is.
    static func missing(stored: [Int], through day: Int, atMost limit: Int) -> [Int] {
        guard let last = stored.filter({ $0 <= day }).max() else { return [day] }
        return Array(max(last + 1, day - limit + 1)..<(day + 1))
    }

    /// Adds to a stored night the results of metrics that it does not know, of the units that it knew.
    private func complete(
        _ day: Int, _ options: AnalysisOptions, _ report: (Progress) -> Void,
        beside check: ParallelWork<Void, ExperimentError>?
    ) throws(ExperimentError) {
        var options = options
        options.segmentAttribute = nil
        options.lastExposure = try translating("read a night") {
            try NightTable.lastExposure(ofNight: day, tool.connection)
        }
        let results = try analyze(day, options, report, beside: check)
        let added = try write("complete a night") { try NightTable.complete(results, day: day, $0) }
        if added > 0 { report(.completed(day: day, results: added)) }
    }

    /// Analyses a day as of its end; nothing comes of that where the check beside it finds the file damaged.
    private func analyze(
        _ day: Int, _ options: AnalysisOptions, _ report: (Progress) -> Void,
        beside check: ParallelWork<Void, ExperimentError>?
    ) throws(ExperimentError) -> AnalysisResults {
        var options = options
        // Rows from the end of the day on are not in its night.
        options.asOfMicroseconds = options.calendar.start(of: day + 1)
        let results = Result { () throws(ExperimentError) in
            try analyzer.analyze(options) { report(.analyzing(day: day, $0)) }
        }
        // Before a failure that damage may have caused is told.
        try check?.value()
        return try results.get()
    }

    private func write<Value>(
        _ operation: String, _ body: (borrowing Connection) throws -> Value
    ) throws(ExperimentError) -> Value {
        try tool.administer(operation) { connection in
            let transaction = try connection.begin()
            let value = try body(connection)
            try transaction.commit()
            return value
        }
    }
}
