/// Notices that more is recorded than a destination takes.
///
/// What is behind rises for a moment whenever much is recorded at once, as by an import, and falls again. It is too much
/// when it was more in the middle of the last minutes than at their beginning, and is more now than it was then.
struct LagMonitor: Sendable {
    private struct Sample {
        let microseconds: Int64
        let rows: Int64
    }

    private static let window: Int64 = 600_000_000
    private static let shortest: Int64 = 300_000_000
    /// Samples are kept this far apart, so that their number is bounded.
    private static let spacing: Int64 = 5_000_000

    private var samples: [Sample] = []

    /// Takes a sample.
    /// - Returns: An alarm, if there is one.
    mutating func alarm(rows: Int64, at now: Int64) -> DeliveryAlarm? {
        if samples.last.map({ now - $0.microseconds >= Self.spacing }) ?? true {
            samples.append(Sample(microseconds: now, rows: rows))
        }
        samples.removeAll { now - $0.microseconds > Self.window }
        guard let first = samples.first, now - first.microseconds >= Self.shortest else { return nil }
        let middle = samples[samples.count / 2]
        guard first.rows < middle.rows, middle.rows < rows else { return nil }
        return .lagGrows(rows: rows - first.rows, seconds: (now - first.microseconds) / 1_000_000)
    }
}
