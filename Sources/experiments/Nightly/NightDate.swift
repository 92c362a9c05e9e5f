import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A day in UTC, by its number since 1970-01-01.
struct NightDate: Hashable, Comparable {
    private static let day: Int64 = 86_400_000_000

    let number: Int

    init(number: Int) {
        self.number = number
    }

    /// A date such as `2026-01-31`; nil for anything else.
    init?(_ text: String) {
        guard let number = RFC3339.dayNumber(text), number >= 0 else { return nil }
        self.number = number
    }

    /// The last day that is over.
    static var yesterday: NightDate {
        NightDate(number: Int(Date().microsecondsSince1970 / day) - 1)
    }

    var text: String { RFC3339.day(number) }

    static func < (left: NightDate, right: NightDate) -> Bool { left.number < right.number }
}
