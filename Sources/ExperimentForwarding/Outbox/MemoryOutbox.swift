import Experimentation

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// An outbox that lives as long as its process; tests forward from it.
package actor MemoryOutbox: Outbox {
    private let file: UUID
    private var epoch: Int64 = 1
    private var rows: [ForwardedEvent] = []
    private var last = OutboxCursor.start
    private var destinations: [DestinationName: DeliveryProgress] = [:]
    private var refusals: [DestinationName: [RefusedRow]] = [:]

    package init(file: UUID = UUID()) {
        self.file = file
    }

    /// Records rows, in order.
    package func record(_ records: [ForwardedEvent.Record]) {
        rows.reserveCapacity(rows.count + records.count)
        for record in records {
            let id =
                switch record {
                case .exposure: RowID(file: file, epoch: epoch, log: .exposure, number: last.exposure + 1)
                case .outcome: RowID(file: file, epoch: epoch, log: .outcome, number: last.outcome + 1)
                }
            last = last.past(id)
            rows.append(ForwardedEvent(id: id, record: record))
        }
    }

    /// Begins an epoch, as an owner that opens the file does.
    package func beginEpoch() { epoch += 1 }

    /// The rows that a destination refused, in the order in which it did.
    package func refusedRows(of destination: DestinationName) -> [RefusedRow] { refusals[destination] ?? [] }

    package func progress(of destination: DestinationName) -> DeliveryProgress {
        destinations[destination] ?? DeliveryProgress()
    }

    package func rows(after cursor: OutboxCursor, passing filter: EventFilter, limit: Int) -> OutboxPage {
        let first = index(after: cursor)
        let page = Array(rows[first...].prefix(limit))
        return OutboxPage(rows: page, end: page.reduce(cursor) { $0.past($1.id) })
    }

    package func commit(_ step: DeliveryStep, of destination: DestinationName) -> Bool {
        var progress = progress(of: destination)
        guard progress.cursor == step.start else { return false }
        progress.take(step)
        destinations[destination] = progress
        refusals[destination, default: []] += step.refused
        return true
    }

    package func backlog(after cursor: OutboxCursor) -> Backlog {
        let first = index(after: cursor)
        return Backlog(
            rows: Int64(rows.count - first),
            oldestMicroseconds: first < rows.count ? rows[first].timestampMicroseconds : nil, end: last)
    }

    /// The position after a cursor: in one order of both logs, it is the sum of its numbers.
    private func index(after cursor: OutboxCursor) -> Int { Int(cursor.exposure + cursor.outcome) }
}
