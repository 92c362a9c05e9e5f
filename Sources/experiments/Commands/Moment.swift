import ArgumentParser
import Experimentation

/// A moment of the command line: a time, or a day, which stands for its end.
enum Moment {
    case time(microseconds: Int64)
    case day(CivilDate)

    /// The description of the moment in help.
    static let help: ArgumentHelp = "Leave out what happened at this time (RFC 3339) or later, or after this day."

    static func parsed(_ text: String) throws -> Moment {
        if let day = CivilDate(text) { return .day(day) }
        do throws(ExperimentError) { return .time(microseconds: try Timestamp.microseconds(text)) } catch {
            throw ValidationError("The \(error); or give a day such as 2026-01-31.")
        }
    }

    /// The moment in µs since 1970 UTC; a day ends in the calendar's zone.
    func microseconds(_ calendar: DayCalendar) -> Int64 {
        switch self {
        case .time(let microseconds): microseconds
        case .day(let day): calendar.start(of: day.number + 1)
        }
    }
}
