package import FoundationEssentials

extension Date {
    /// Seconds from 1970 to 2001, the epoch in which `Date` stores its value.
    private static let referenceEpoch = 978_307_200.0

    /// The date in µs since 1970 UTC, rounded to the nearest; `Int64.min`, which no record may carry, when it has none.
    ///
    /// Rounding happens in `Date`'s own epoch, where its value is exact, so today's microseconds survive a round trip.
    package var microsecondsSince1970: Int64 {
        let microseconds = (timeIntervalSinceReferenceDate * 1e6).rounded()
        guard let whole = Int64(exactly: microseconds) else { return .min }
        let (sum, overflow) = whole.addingReportingOverflow(Int64(Self.referenceEpoch * 1e6))
        return overflow ? .min : sum
    }

    /// Creates a date from µs since 1970 UTC.
    package init(microsecondsSince1970 microseconds: Int64) {
        self.init(timeIntervalSinceReferenceDate: Double(microseconds) / 1e6 - Self.referenceEpoch)
    }
}
