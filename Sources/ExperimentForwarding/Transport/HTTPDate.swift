import Experimentation

/// Dates as HTTP writes them, `Sun, 06 Nov 1994 08:49:37 GMT` (IMF-fixdate of RFC 9110, section 5.6.7).
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The seconds since 1970 UTC of a date; nil for a text that is none.
    static func secondsSince1970(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        let clock = parts[4].split(separator: ":").map { Int64($0) }
        guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2], 0..<24 ~= hour,
            0..<60 ~= minute, 0...60 ~= second
        else { return nil }
        let number = month + 1
        let day = "\(parts[3])-\(number < 10 ? "0" : "")\(number)-\(parts[1])"
        return CivilDate(day).map { Int64($0.number) * 86_400 + hour * 3_600 + minute * 60 + second }
    }
}
