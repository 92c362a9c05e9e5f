/// The rows that were read together, and what became of each.
struct RoundRows {
    let rows: [ForwardedEvent]
    private let end: OutboxCursor
    /// What became of each row; nil where that is open.
    var rowResults: [RowResult?]
    /// What was noticed for the first time.
    var notes: Set<DeliveryNote> = []
    /// How many rows from the front are kept as settled.
    private var settled = 0

    init(_ page: OutboxPage) {
        rows = page.rows
        end = page.end
        rowResults = Array(repeating: nil, count: page.rows.count)
    }

    /// The step over the rows that are settled from the front on and are not in a step yet.
    ///
    /// What is settled behind an open row is not moved past: should the process end, it is sent again.
    mutating func step(from start: OutboxCursor, at microseconds: Int64) -> DeliveryStep {
        var step = DeliveryStep(from: start, to: start, atMicroseconds: microseconds)
        while settled < rows.count, let result = rowResults[settled] {
            let id = rows[settled].id
            switch result {
            case .sent: step.sent += 1
            case .refused(let reason): step.refused.append(RefusedRow(row: id, reason: reason))
            case .withheld(let reason): step.withheld[reason, default: 0] += 1
            }
            step.end = step.end.past(id)
            settled += 1
        }
        if settled == rows.count { step.end = end }
        if step.end != start {
            step.notes = notes.sorted { $0.description < $1.description }
            notes = []
        }
        return step
    }
}
