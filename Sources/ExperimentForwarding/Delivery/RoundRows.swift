/// The rows that were read together, and what became of each.
struct RoundRows {
    let rows: [ForwardedEvent]
    private let end: OutboxCursor
    /// The result of each row; nil where the row is open.
    var rowResults: [RowResult?]
    /// Notes that were made for the first time.
    var notes: Set<DeliveryNote> = []
    /// The number of rows from the front that are kept as resolved.
    private var resolved = 0

    init(_ page: OutboxPage) {
        rows = page.rows
        end = page.end
        rowResults = Array(repeating: nil, count: page.rows.count)
    }

    /// The step over the rows that are resolved from the front on and are not in a step yet.
    ///
    /// A row that is resolved behind an open one is not moved past: should the process end, that row is sent again.
    mutating func step(from start: OutboxCursor, at microseconds: Int64) -> DeliveryStep {
        var step = DeliveryStep(from: start, to: start, atMicroseconds: microseconds)
        while resolved < rows.count, let result = rowResults[resolved] {
            let id = rows[resolved].id
            switch result {
            case .sent: step.sent += 1
            case .refused(let reason): step.refused.append(RefusedRow(row: id, reason: reason))
            case .withheld(let reason): step.withheld[reason, default: 0] += 1
            }
            step.end = step.end.past(id)
            resolved += 1
        }
        if resolved == rows.count { step.end = end }
        if step.end != start {
            step.notes = notes.sorted { $0.description < $1.description }
            notes = []
        }
        return step
    }
}
