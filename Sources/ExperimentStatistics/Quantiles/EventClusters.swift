/// Counts of units' events at or below a quantile: what a quantile over events needs to know about units.
///
/// A unit's events resemble one another, so events are not independent; units are. The share of events at or below the
/// quantile is the ratio ΣS/ΣN of the units' counts, with the variance of a ratio. Counts are whole and added in any order.
///
/// Source: A. Deng, U. Knoblich, J. Lu, "Applying the Delta Method in Metric Analytics", KDD 2018, arXiv 1803.06336,
/// sections 3 and 4.
public struct EventClusters: Sendable, Hashable {
    /// The units, also those without an event.
    public private(set) var units = 0
    /// The events of all units, m.
    public private(set) var events = 0
    /// The events at or below the quantile, ΣS.
    public private(set) var atOrBelow = 0
    private var squares = 0
    private var products = 0
    private var eventSquares = 0

    /// Creates the counts of no unit.
    public init() {}

    /// Adds a unit.
    /// - Parameters:
    ///   - atOrBelow: How many of its events are at or below the quantile, S.
    ///   - events: How many events it has, N; may be none.
    public mutating func add(atOrBelow: Int, of events: Int) {
        units += 1
        self.events += events
        self.atOrBelow += atOrBelow
        squares += atOrBelow * atOrBelow
        products += atOrBelow * events
        eventSquares += events * events
    }

    /// Adds units without an event.
    /// - Parameter count: How many.
    public mutating func addUnitsWithoutEvents(_ count: Int) { units += count }

    /// Adds the units of other counts.
    /// - Parameter other: Units of which none is in these.
    public mutating func add(_ other: EventClusters) {
        units += other.units
        events += other.events
        atOrBelow += other.atOrBelow
        squares += other.squares
        products += other.products
        eventSquares += other.eventSquares
    }

    /// The share p of the events that are at or below the quantile; 0 without events.
    public var share: Double { events > 0 ? Double(atOrBelow) / Double(events) : 0 }

    /// √(n/(n − 1)·Σ(S − p·N)²): the standard error of the share, times the events; 0 below two units.
    ///
    /// The sum is computed in whole numbers, so equal counts give exactly 0.
    var spread: Double {
        guard units > 1, events > 0 else { return 0 }
        let (all, below) = (DyadicNumber(events), DyadicNumber(atOrBelow))
        let sum =
            all * all * DyadicNumber(squares) - DyadicNumber(2) * all * below * DyadicNumber(products)
            + below * below * DyadicNumber(eventSquares)
        let n = Double(units)
        return (n / (n - 1) * (sum.rounded / Double(events) / Double(events))).squareRoot()
    }
}
