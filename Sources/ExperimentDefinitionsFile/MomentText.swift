import TOMLKit

/// TOML's date and time as text.
enum MomentText {
    /// Moment by RFC 3339; without an offset where the moment has none.
    static func rfc3339(_ moment: TOMLDateTime) -> String {
        let (date, time) = (moment.date, moment.time)
        let day = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
        let clock = "\(padded(time.hour, 2)):\(padded(time.minute, 2)):\(padded(time.second, 2))"
        let fraction = time.nanoSecond == 0 ? "" : "." + padded(time.nanoSecond, 9)
        // TOMLKit counts the offset in minutes.
        let offset = moment.offset.map { offset in
            let minutes = abs(offset.offset)
            return (offset.offset < 0 ? "-" : "+") + padded(minutes / 60, 2) + ":" + padded(minutes % 60, 2)
        }
        return "\(day)T\(clock)\(fraction)\(offset ?? "")"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
