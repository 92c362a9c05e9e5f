/// The rate at which something happened, and what chance allows.
struct Rate {
    var hits = 0
    var count = 0

    mutating func note(_ hit: Bool?) {
        guard let hit else { return }
        count += 1
        hits += hit ? 1 : 0
    }

    var value: Double { Double(hits) / Double(max(1, count)) }

    /// Three standard errors of a rate that is truly `level`.
    func allowance(at level: Double) -> Double { 3 * (level * (1 - level) / Double(max(1, count))).squareRoot() }

    var percent: String { Self.percent(value) }

    /// Two decimals, or three where there would be nothing but zeros.
    static func percent(_ value: Double) -> String {
        let scale = value < 0.001 ? 1000.0 : 100.0
        let digits = String(Int((value * 100 * scale).rounded()))
        let places = scale == 100 ? 2 : 3
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return padded.dropLast(places) + "." + padded.suffix(places) + " %"
    }
}
