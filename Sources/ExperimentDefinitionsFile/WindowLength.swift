/// The length of a metric's window or delay as people write it: `14d`, `36h`, `90m`, `30s`.
enum WindowLength {
    private static let units: [Character: Int64] = [
        "d": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000,
    ]

    /// The length in the largest unit of which it is a whole number; nil where it is one of none.
    static func text(_ microseconds: Int64) -> String? {
        units.filter { microseconds % $0.value == 0 }.max { $0.value < $1.value }
            .map { "\(microseconds / $0.value)\($0.key)" }
    }

    /// The length in µs, or nil for anything else.
    static func microseconds(_ text: String) -> Int64? {
        guard let unit = text.last.flatMap({ units[$0] }) else { return nil }
        let digits = text.dropLast()
        guard !digits.isEmpty, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let count = Int64(digits) else {
            return nil
        }
        let (length, overflow) = count.multipliedReportingOverflow(by: unit)
        return overflow ? nil : length
    }
}
