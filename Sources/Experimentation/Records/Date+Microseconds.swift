#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

extension Date {
    /// Seconds from 1970 to 2001, the reference date from which `Date` counts.
    private static let referenceDate = 978_307_200.0

    /// The date in µs since 1970 UTC, rounded to the nearest; `Int64.min`, which no record may carry, when it has none.
    ///
    /// Rounding looks only at the fraction of a second, as `Date` counts, where both parts are exact. A tie goes to
    /// the later microsecond, before 1970 too.
    package var microsecondsSince1970: Int64 {
        let second = timeIntervalSinceReferenceDate.rounded(.down)
        let fraction = ((timeIntervalSinceReferenceDate - second) * 1e6).rounded()
        guard let whole = Int64(exactly: second + Self.referenceDate) else { return .min }
        let (product, isTooFar) = whole.multipliedReportingOverflow(by: 1_000_000)
        let (sum, isPastEnd) = product.addingReportingOverflow(Int64(fraction))
        return isTooFar || isPastEnd ? .min : sum
    }

    /// The last date before the year 10000, in steps of 30 µs, which is what `Date` has there.
    private static let last = (Double(Rules.timestamps.upperBound / 1_000_000) - referenceDate).nextDown

    /// Creates a date from µs since 1970 UTC, the nearest; of a legal time a legal one, so that none is rounded out of the
    /// year 9999.
    package init(microsecondsSince1970 microseconds: Int64) {
        let (second, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let seconds = Double(second) - Self.referenceDate + Double(fraction) / 1e6
        let isLegal = microseconds < Rules.timestamps.upperBound
        self.init(timeIntervalSinceReferenceDate: isLegal ? min(seconds, Self.last) : seconds)
    }

    /// The nearest date on a whole microsecond.
    var roundedToMicroseconds: Date { Date(microsecondsSince1970: microsecondsSince1970) }

    /// The time as people read it: RFC 3339 in UTC, with microseconds.
    package var rfc3339: String { RFC3339.string(microseconds: microsecondsSince1970) }
}
