/// A series as one line of text, one block a value.
enum Sparkline {
    private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    private static let letters: [Character] = ["_", ".", "-", "=", "^"]

    /// The lowest value is the lowest block; a value that is missing or not finite leaves a gap.
    /// - Parameters:
    ///   - values: The series.
    ///   - isASCII: Whether only ASCII characters can be shown.
    /// - Returns: One character a value; nothing when there is none to show.
    static func text(_ values: [Double?], isASCII: Bool = false) -> String {
        let marks = isASCII ? letters : blocks
        let finite = values.compactMap(\.self).filter(\.isFinite)
        guard let lowest = finite.min(), let highest = finite.max() else { return "" }
        return String(
            values.map { value in
                guard let value, value.isFinite else { return " " }
                guard highest > lowest else { return marks[marks.count / 2] }
                // Divided first: the range of extreme values may overflow.
                let share = (value / 2 - lowest / 2) / (highest / 2 - lowest / 2)
                return marks[min(marks.count - 1, Int(share * Double(marks.count)))]
            })
    }
}
