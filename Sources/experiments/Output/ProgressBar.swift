import ExperimentReporting

/// The progress of a long command, on a terminal only.
final class ProgressBar {
    private static let pause = Duration.milliseconds(100)

    private var total: Int64
    private let isShown = StandardError.canRedraw
    private var lastDrawn = ContinuousClock.now
    private var isOnScreen = false

    /// - Parameter total: Bytes of the whole input; to be said later where they are not known yet.
    init(total: Int64 = 1) {
        self.total = max(total, 1)
    }

    /// Shows a state out of a whole that is known only now.
    func update(_ label: String, _ position: Int64, of total: Int64) {
        self.total = max(total, 1)
        update(label, position, records: nil)
    }

    /// Shows a state, unless one was shown just before.
    func update(_ label: String, _ position: Int64, records: Int?) {
        guard isShown, lastDrawn.duration(to: .now) >= Self.pause else { return }
        lastDrawn = .now
        let share = min(1, Double(position) / Double(total))
        // The last column stays free: some terminals begin a new line once it is written to.
        let line = Self.line(label, share, records: records, columns: StandardError.columns - 1)
        StandardError.raw("\r\u{1b}[K" + line)
        isOnScreen = true
    }

    /// A state in so many columns: without the count where there is no room for it, then without all but the percentage.
    static func line(_ label: String, _ share: Double, records: Int?, columns: Int) -> String {
        let percent = "\(Int(share * 100)) %"
        let start = label + String(repeating: " ", count: max(1, 10 - label.count))
        let end = String(repeating: " ", count: max(1, 6 - percent.count)) + percent
        let count = records.map { "  \(NumberText.count($0)) records" } ?? ""
        let room = columns - start.count - end.count
        if room - count.count >= 8 { return start + bar(share, min(24, room - count.count)) + end + count }
        if room >= 4 { return start + bar(share, min(24, room)) + end }
        return percent
    }

    private static func bar(_ share: Double, _ width: Int) -> String {
        let filled = Int(share * Double(width))
        return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    }

    /// Takes the bar off the screen, so that a message can take its place.
    func clear() {
        guard isOnScreen else { return }
        StandardError.raw("\r\u{1b}[K")
        isOnScreen = false
    }
}
