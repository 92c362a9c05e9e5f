/// How far a long command got, on a terminal only.
final class ProgressBar {
    private static let width = 24
    private static let pause = Duration.milliseconds(100)

    private let total: Int64
    private let isShown = StandardError.isTerminal
    private let began = ContinuousClock.now
    private var lastDrawn = ContinuousClock.now
    private var isOnScreen = false

    /// - Parameter total: Bytes of the whole input.
    init(total: Int64) {
        self.total = max(total, 1)
    }

    /// Shows a state, unless one was shown just before.
    func update(_ label: String, _ position: Int64, records: Int?) {
        guard isShown, lastDrawn.duration(to: .now) >= Self.pause else { return }
        lastDrawn = .now
        let share = min(1, Double(position) / Double(total))
        let filled = Int(share * Double(Self.width))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
        let count = records.map { "  \(Grouped.text($0)) records" } ?? ""
        StandardError.raw("\r\u{1b}[K\(label) \(bar) \(Int(share * 100)) %\(count)")
        isOnScreen = true
    }

    /// Takes the bar off the screen, so that a message can take its place.
    func clear() {
        guard isOnScreen else { return }
        StandardError.raw("\r\u{1b}[K")
        isOnScreen = false
    }
}
