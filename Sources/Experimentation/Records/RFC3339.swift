/// Times as people read them.
package enum RFC3339 {
    /// A time in UTC with six decimals, `2026-01-31T23:59:59.000000Z`, as the views write it.
    package static func string(microseconds: Int64) -> String {
        let date = CivilDate(microseconds: microseconds)
        let rest = Int(microseconds - date.start)
        let seconds = rest / 1_000_000
        return date.text + "T" + padded(seconds / 3_600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":"
            + padded(seconds % 60, 2) + "." + padded(rest % 1_000_000, 6) + "Z"
    }

    /// A number with zeros before it, up to a width.
    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
