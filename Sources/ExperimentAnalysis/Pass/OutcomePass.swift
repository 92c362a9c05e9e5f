import Dispatch
import ExperimentDatabase
import Experimentation

/// The pass over the outcomes, on one thread or two.
///
/// Threads take turns of two steps. In the first each reads a block of rows of its own and finds out what its outcomes tell
/// which unit; in the second each adds up what was told the units that are its own, first what the first thread read. So no
/// memory is shared, and every unit hears of its outcomes in the order of the log, however many threads there are.
struct OutcomePass {
    private static let first = """
        SELECT outcome_id FROM main.outcome_log WHERE outcome_id >= ?1 ORDER BY outcome_id LIMIT 1
        """

    /// By the remainder of the units' places.
    private(set) var cells: [UnitCells]
    private(set) var ledger: PassLedger
    private(set) var times: PassTimes
    /// By reader, the outcomes that could belong to units of two passes and belong to a unit of this pass.
    private var marks: [RowMarks]
    /// The time just after the last row that is not in the future, in µs, or that of the report.
    let now: Int64

    /// Reads all rows up to a number; with another connection at the same moment, on two threads.
    init(
        _ connection: borrowing Connection, _ other: ReadingConnection?, through last: Int64,
        _ exposures: ExposurePass, _ links: PassLinks?, _ metrics: PassMetrics, _ scope: PassScope
    ) throws {
        let options = scope.options
        let threads = other == nil ? 1 : 2
        func reader(_ statement: consuming Statement) -> OutcomeReader {
            OutcomeReader(statement, exposures, links, metrics, scope, cells: threads)
        }
        let block = Int64(options.blockRows)
        var readers = [reader(try connection.prepare(OutcomeReader.rows))]
        if let other { readers.append(reader(try other.connection.prepare(OutcomeReader.rows))) }
        var cells = (0..<threads).map {
            UnitCells(
                remainder: $0, of: threads, exposures, metrics, countsOutcomes: options.segmentAttribute != nil,
                memory: (scope.memory - exposures.bytes) / threads)
        }
        var next = try Self.first(connection, from: .min)
        while let start = next, start <= last {
            try Self.read(readers, from: start, through: last, block)
            cells.withUnsafeMutableBufferPointer { cells in
                Self.concurrently(threads) { thread in
                    // One experiment after the other, so that its units stay in the processor's cache meanwhile.
                    for experiment in exposures.experiments.indices {
                        for reader in readers {
                            cells[thread].take(
                                reader.found.messages(of: experiment, to: thread), experiment, reader.found.takers.lists
                            )
                        }
                    }
                }
            }
            for cells in cells { try scope.share.check(bytes: cells.bytes, limit: cells.memory) }
            let (end, overflow) = start.addingReportingOverflow(Int64(threads) * block)
            guard !overflow else { break }
            // Where a block is empty, rows were removed: none of the gap is asked for.
            next = readers.allSatisfy { $0.rowCount == 0 } ? try Self.first(connection, from: end) : end
        }
        var ledger = readers[0].found.ledger
        for reader in readers.dropFirst() { ledger.add(reader.found.ledger) }
        for thread in cells.indices { cells[thread].share() }
        self.cells = cells
        self.ledger = ledger
        var times = readers[0].found.times
        for reader in readers.dropFirst() { times.add(reader.found.times) }
        self.times = times
        marks = readers.map { $0.found.marks }
        now = options.asOfMicroseconds ?? readers.reduce(exposures.latest) { max($0, $1.found.latest) } + 1
    }

    /// Outcomes without an experiment whose unit is exposed in none.
    var unattributed: Int { marks.reduce(ledger.unattributed) { $0 + $1.unmarkedCount } }

    /// Takes the ledger and the times of all passes for those of this one, once they are known.
    mutating func addUp(_ totals: PassTotals) {
        let all = totals.total(.log, (ledger: ledger, times: times, marks: marks)) { all, other in
            all.ledger.add(other.ledger)
            all.times.add(other.times)
            for reader in all.marks.indices { all.marks[reader].add(other.marks[reader]) }
        }
        if let all { (ledger, times, marks) = all }
    }

    /// Takes outcomes of units whose window is not over out of those that count.
    mutating func leaveOutImmature(_ experiment: Int, _ roster: PassRoster, _ metrics: PassMetrics) {
        for recorded in metrics.recorded where metrics.measures[recorded.own].value.isMature {
            let value = metrics.measures[recorded.own].value
            for part in cells.indices {
                guard let kept = cells[part].experiments[experiment].kept[recorded.own] else { continue }
                for unit in 0..<kept.count {
                    let (count, variant) = (kept.outcomes(of: unit), roster.variant(part, unit))
                    guard count > 0, variant >= 0, !roster.isSettled(part, unit, value, now) else { continue }
                    ledger.addImmature(count, experiment, variant: variant)
                    cells[part].addImmature(count, of: unit, experiment)
                }
            }
        }
    }

    /// Has each reader read a block.
    private static func read(
        _ readers: [OutcomeReader], from start: Int64, through last: Int64, _ block: Int64
    ) throws {
        concurrently(readers.count) { thread in
            let (first, overflow) = start.addingReportingOverflow(Int64(thread) * block)
            guard !overflow, first <= last else { return readers[thread].rest() }
            readers[thread].read(first...min(last, first.addingReportingOverflow(block - 1).partialValue))
        }
        for reader in readers { if let failure = reader.failure { throw failure } }
    }

    private static func concurrently(_ threads: Int, _ body: (Int) -> Void) {
        guard threads > 1 else { return body(0) }
        // Ends before this function does, and each thread has what it touches to itself.
        withoutActuallyEscaping(body) { body in
            nonisolated(unsafe) let body = body
            DispatchQueue.concurrentPerform(iterations: threads) { body($0) }
        }
    }

    /// Computes values, each on a thread of its own.
    static func concurrently<Value>(_ parts: Range<Int>, _ body: (Int) -> Value) -> [Value] {
        guard parts.count > 1 else { return parts.map(body) }
        return Array(unsafeUninitializedCapacity: parts.count) { buffer, count in
            let places = buffer
            concurrently(parts.count) { places.initializeElement(at: $0, to: body($0)) }
            count = parts.count
        }
    }

    private static func first(_ connection: borrowing Connection, from number: Int64) throws -> Int64? {
        let row = try connection.query(first, number)
        return try row.step() ? row.int64(0) : nil
    }
}
