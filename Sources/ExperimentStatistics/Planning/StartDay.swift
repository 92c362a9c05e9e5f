/// The day on which an experiment began for its units: the first that carries a real share of them.
///
/// A single wrong clock, or a tester a month before the launch, would make the experiment old, and its planned days over.
/// Where up to one in a hundred of the units come with such a time, days are counted as if these units were not there; more of
/// them make the experiment look older (simulated in the table `starts`). Linear in the days.
public struct StartDay: Sendable, Hashable {
    /// Earliest day that counts, in days since 1970-01-01: what happened before is of a clock that starts at 0.
    public static let earliest = 365
    /// Units below which the first day counts, whatever happened: few decide nothing, and each may be a day of its own.
    public static let fewestUnits = 200

    private var units: [Int: Int] = [:]

    /// Creates the start of an experiment without units.
    public init() {}

    /// Counts units.
    /// - Parameters:
    ///   - day: The day of their first exposure, in days since 1970-01-01.
    ///   - count: How many.
    public mutating func add(day: Int, units count: Int = 1) { units[day, default: 0] += count }

    /// Adds what was counted apart.
    /// - Parameter other: Of the same experiment, over other units.
    public mutating func add(_ other: StartDay) { units.merge(other.units, uniquingKeysWith: +) }

    /// Day by which one in a hundred units was exposed, and two, in days since 1970-01-01; nil without a unit.
    public var day: Int? {
        let days = units.keys.sorted()
        let known = days.filter { $0 >= Self.earliest }
        let all = known.reduce(0) { $0 + (units[$1] ?? 0) }
        guard all >= Self.fewestUnits else { return known.first ?? days.first }
        var before = 0
        return known.first { day in
            before += units[day] ?? 0
            return before >= max(2, all / 100)
        }
    }
}
