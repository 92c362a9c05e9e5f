/// A table of rates, each beside the level that it must not exceed.
struct LevelTable {
    private(set) var isGood = true

    init(_ title: String, _ columns: [String]) {
        print("\n| \(([title] + columns).joined(separator: " | ")) |")
        print("|---" + String(repeating: "|---:", count: columns.count) + "|")
    }

    /// Prints a row; the rates that have a bound must keep it.
    mutating func row(_ name: String, _ cells: [Cell]) {
        for cell in cells {
            if case .atMost(let rate, let bound) = cell, rate.value > bound + rate.allowance(at: bound) {
                isGood = false
            }
        }
        print("| \(name) | \(cells.map(\.text).joined(separator: " | ")) |")
    }

    enum Cell {
        /// A rate that must not exceed a level by more than chance allows.
        case atMost(Rate, Double)
        /// A rate that shows what another method would do.
        case shown(Rate)
        case text(String)

        var text: String {
            switch self {
            case .atMost(let rate, let bound):
                rate.value > bound + rate.allowance(at: bound) ? "**\(rate.percent)**" : rate.percent
            case .shown(let rate): rate.percent
            case .text(let text): text
            }
        }
    }
}

extension [Int?] {
    /// The median, where nil is later than any number.
    var median: String {
        let sorted = sorted { ($0 ?? .max) < ($1 ?? .max) }
        guard !sorted.isEmpty else { return "–" }
        return sorted[sorted.count / 2].map { "\($0)" } ?? "later"
    }
}
