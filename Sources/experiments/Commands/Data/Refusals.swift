import Experimentation

/// The lines that were refused: each is reported, and they are counted by reason.
struct Refusals {
    /// Lines shown to a person who watches; a file gets all of them.
    private static let shownOnTerminal = 20

    private(set) var total = 0
    private var counts: [String: Int] = [:]

    /// Reports a line.
    mutating func add(line: Int, _ error: ExperimentError, _ bar: ProgressBar) {
        let reason = "\(error)"
        total += 1
        counts[reason, default: 0] += 1
        if total <= Self.shownOnTerminal || !StandardError.isTerminal {
            bar.clear()
            StandardError.write("line \(line): \(reason)")
        } else if total == Self.shownOnTerminal + 1 {
            bar.clear()
            StandardError.write("… further lines are counted; redirect standard error to a file to see them all")
        }
    }

    /// One line a reason, the most frequent first.
    var summary: String {
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let shown = sorted.prefix(Self.shownOnTerminal).map { "  \($0.value) × \($0.key)" }
        let rest = sorted.dropFirst(Self.shownOnTerminal).reduce(0) { $0 + $1.value }
        return (shown + (rest > 0 ? ["  \(rest) × for other reasons"] : [])).joined(separator: "\n")
    }
}
