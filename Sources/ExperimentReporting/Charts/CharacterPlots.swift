import ExperimentStatistics

/// A row of a forest plot in characters, for terminals, mails and Markdown: `◀━━━━●━━┿━━━▶`.
///
/// Heavy is the interval that holds at every look; where there is none yet, light is the one for a single look. Rounding is
/// honest: an interval that is clear of zero never touches zero's column, one that is not always does.
struct PlotLine: Hashable {
    /// The characters of a row.
    struct Marks {
        let zero, margin, dot, heavy, light, crossed, left, right: Character

        static let boxes = Marks(
            zero: "│", margin: "┊", dot: "●", heavy: "━", light: "─", crossed: "┿", left: "◀", right: "▶")
        static let ascii = Marks(
            zero: "|", margin: ":", dot: "o", heavy: "=", light: "-", crossed: "+", left: "<", right: ">")
    }

    let axis: Axis
    var width = 29
    var estimate: Double?
    var oneLook: Interval?
    var always: Interval?
    var margin: Double?
    var isUnbounded = false

    /// The row.
    /// - Parameters:
    ///   - marks: The characters.
    ///   - space: The character of an empty column.
    /// - Returns: Exactly as many characters as the row is wide.
    func text(_ marks: Marks = .boxes, space: Character = " ") -> String {
        var cells = [Character](repeating: space, count: width)
        let zero = column(0)
        cells[zero] = marks.zero
        if let margin, axis.shows(margin), column(margin) != zero { cells[column(margin)] = marks.margin }
        guard let estimate else { return String(cells) }
        if isUnbounded {
            for column in 1..<(width - 1) where column % 2 == 0 && column != zero { cells[column] = marks.light }
            (cells[0], cells[width - 1]) = (marks.left, marks.right)
        }
        if let reach = always ?? oneLook {
            draw(reach, always == nil ? marks.light : marks.heavy, &cells, marks)
            if reach.lower < axis.lower { cells[0] = marks.left }
            if reach.upper > axis.upper { cells[width - 1] = marks.right }
        }
        if axis.shows(estimate) {
            // Beside an arrow, not over it.
            let first = cells[0] == marks.left ? 1 : 0
            let last = cells[width - 1] == marks.right ? width - 2 : width - 1
            cells[min(last, max(first, honest(estimate, zero)))] = marks.dot
        }
        return String(cells)
    }

    private func draw(_ interval: Interval, _ mark: Character, _ cells: inout [Character], _ marks: Marks) {
        let zero = column(0)
        let first = interval.lower > 0 ? honest(interval.lower, zero) : column(interval.lower)
        let last = interval.upper < 0 ? honest(interval.upper, zero) : column(interval.upper)
        guard first <= last else { return }
        for column in first...last { cells[column] = column == zero ? marks.crossed : mark }
    }

    private func column(_ value: Double) -> Int {
        min(width - 1, Int(axis.position(value) * Double(width)))
    }

    /// The column of a number that is not zero, beside zero's.
    private func honest(_ value: Double, _ zero: Int) -> Int {
        let column = column(value)
        guard column == zero, value != 0 else { return column }
        return min(width - 1, max(0, value > 0 ? zero + 1 : zero - 1))
    }
}

/// The meaning of the marks of a plot in characters.
enum PlotLegend {
    static func text(_ level: Double, _ marks: PlotLine.Marks = .boxes) -> String {
        "\(marks.dot) estimate, \(marks.heavy) where the true lift lies (\(NumberText.level(level)) sure, however often one "
            + "looks), \(marks.light) the same for one look only, while units are few, \(marks.margin) limit of a guardrail, "
            + "\(marks.left) \(marks.right) beyond the axis."
    }
}

/// A series as one line of text, one block a value.
enum Sparkline {
    private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    private static let letters: [Character] = ["_", ".", "-", "=", "^"]

    /// The lowest value is the lowest block; a value that is missing or not finite leaves a gap.
    ///
    /// From a week on the scale is that of the last half, as in the drawn chart: the wild first days would flatten all that follows.
    /// - Parameters:
    ///   - values: The series.
    ///   - isASCII: Whether only ASCII characters can be shown.
    /// - Returns: One character a value; nothing when there is none to show.
    static func text(_ values: [Double?], isASCII: Bool = false) -> String {
        let marks = isASCII ? letters : blocks
        let framed = values.count < 7 ? values[...] : values.suffix((values.count + 1) / 2)
        let finite = framed.compactMap(\.self).filter(\.isFinite)
        guard let lowest = finite.min(), let highest = finite.max() else { return "" }
        return String(
            values.map { value in
                guard let value, value.isFinite else { return " " }
                guard highest > lowest else { return marks[marks.count / 2] }
                // Divided first: the range of extreme values may overflow.
                let share = (min(max(value, lowest), highest) / 2 - lowest / 2) / (highest / 2 - lowest / 2)
                return marks[min(marks.count - 1, Int(share * Double(marks.count)))]
            })
    }
}
