#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension Experiment {
    /// The times between which a running experiment assigns units.
    public struct Schedule: Sendable, Hashable {
        /// Time from which on units are assigned while the experiment runs, rounded to µs; nil for at once.
        public let startsAt: Date?
        /// Time until which units are assigned, excluded, rounded to µs; nil until the experiment is stopped.
        public let endsAt: Date?

        /// Creates a schedule and checks it.
        /// - Parameters:
        ///   - startsAt: From when on units are assigned, within the years 1970 to 9999.
        ///   - endsAt: Until when units are assigned; later than `startsAt`.
        /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
        public init(startsAt: Date? = nil, endsAt: Date? = nil) throws(ExperimentError) {
            self.init(unchecked: startsAt, endsAt)
            if let broken = brokenRules.first { throw broken }
        }

        /// Creates a schedule that may break rules; whoever does looks at `brokenRules` before the value leaves.
        init(unchecked startsAt: Date?, _ endsAt: Date?) {
            self.startsAt = startsAt?.roundedToMicroseconds
            self.endsAt = endsAt?.roundedToMicroseconds
        }

        /// Every rule that what was given breaks.
        var brokenRules: [ExperimentError] {
            var broken: [ExperimentError] = []
            checkDate(startsAt, "starts_at", &broken)
            checkDate(endsAt, "ends_at", &broken)
            if let startsAt, let endsAt, endsAt <= startsAt {
                broken.append(.invalid("ends_at", "must be later than starts_at"))
            }
            return broken
        }

        private func checkDate(_ date: Date?, _ field: String, _ broken: inout [ExperimentError]) {
            guard let date, !Rules.timestamps.contains(date.microsecondsSince1970) else { return }
            broken.append(.invalid(field, "must be within the years 1970 to 9999"))
        }
    }
}
