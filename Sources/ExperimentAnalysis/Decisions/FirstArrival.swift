import ExperimentDatabase
import ExperimentDefinitions

/// The exposures of a phase that arrived first, as far as anybody still knows.
///
/// A change of the plan from that exposure on comes after results.
struct FirstArrivals {
    /// Number in this file of the first exposure of the phase from each block of numbers, by the block: one a file that
    /// recorded exposures; 0, the only one, where the file was not merged from others.
    var numbers: [Int64: Int64] = [:]
    /// The earliest time of exposures whose file this one does not number, in µs since 1970 UTC; nil without any.
    ///
    /// Only a warehouse has them.
    var elsewhere: Int64?

    /// Takes an exposure by its number, in order of arrival.
    @inline(__always)
    mutating func add(_ number: Int64) {
        let block = number >> RowIDs.blockShift
        guard block != lastBlock else { return }
        lastBlock = block
        if numbers[block] == nil { numbers[block] = number }
    }

    private var lastBlock: Int64 = -1

    var isEmpty: Bool { numbers.isEmpty && elsewhere == nil }
}

/// Looks for exposures that arrived before the first one that is left.
///
/// Erasure and retention take rows away, and what was changed after them must stay a change. No number is given twice, so
/// a gap among those after the phase began shows that a row was there. Whose it was nobody knows any more; it counts as
/// the phase's, since a plan that must not change is rather held once too often.
struct FirstArrival {
    private static let hasRemovals = """
        SELECT EXISTS (SELECT 1 FROM removal WHERE exposures > 0) + EXISTS (SELECT 1 FROM source WHERE first IS NOT NULL)
        """
    /// Numbers of exposures between the phase's beginning and the first one that is left: a few rows in most files.
    private static let numbers = """
        SELECT exposure_id FROM main.exposure_log WHERE exposure_id > ?1 AND exposure_id < ?2 ORDER BY exposure_id
        """

    private let entries: [Int64?: [DefinitionLog.Entry]]
    private let mayBeGone: Bool

    init(_ log: DefinitionLog, _ connection: borrowing Connection) throws {
        entries = log.bySource
        mayBeGone = try connection.value(Self.hasRemovals) { $0.int(0) > 0 } ?? false
    }

    /// The first exposures of a phase that are left, or of each file the first row that is gone and may have been before.
    func before(_ left: FirstArrivals, of phase: ReportedPhase, _ connection: borrowing Connection) throws
        -> FirstArrivals
    {
        guard mayBeGone else { return left }
        var arrivals = left
        for (block, number) in left.numbers {
            // A block holds the exposures that one server recorded: that server's own log of definitions counts by the same numbers.
            guard let log = entries[block] ?? (block == 0 ? entries[nil] : nil) else { continue }
            arrivals.numbers[block] = try self.number(before: number, of: phase, log, connection)
        }
        return arrivals
    }

    private func number(
        before left: Int64, of phase: ReportedPhase, _ log: [DefinitionLog.Entry], _ connection: borrowing Connection
    ) throws -> Int64 {
        guard let began = began(phase, log), let last = log.last?.lastExposure else { return left }
        // Rows that were removed after the last change say nothing about that change.
        let end = min(left, last + 1)
        guard began + 1 < end else { return left }
        var expected = began + 1
        let rows = try connection.query(Self.numbers, began, end)
        while try rows.step(), rows.int64(0) == expected { expected += 1 }
        return expected < end ? expected : left
    }

    /// The number of the last exposure that had arrived when the phase began to run; nil where the log does not say.
    private func began(_ phase: ReportedPhase, _ log: [DefinitionLog.Entry]) -> Int64? {
        let own = log.filter { $0.experimentID == phase.experimentRow }
        guard let opened = own.firstIndex(where: { $0.field == "variant" && $0.phase == phase.number }) else {
            return nil
        }
        func runs(_ entry: DefinitionLog.Entry) -> Bool { entry.field == "status" && entry.after == "running" }
        // All that one transaction wrote into the log is one change.
        let opening = own.prefix {
            $0.number <= own[opened].number
                || ($0.changedAt == own[opened].changedAt && $0.origin == own[opened].origin)
        }
        if let status = opening.last(where: { $0.field == "status" }), runs(status) { return own[opened].lastExposure }
        return (own.dropFirst(opening.count).first(where: runs) ?? own[opened]).lastExposure
    }
}
