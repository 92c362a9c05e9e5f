/// Events a unit-day by the age of units: what units of an age do, over the days that were added up.
struct AgeRates: Sendable, Hashable {
    /// Unit-days by age.
    private(set) var units = [Int]()
    /// Their events.
    private(set) var events = [Int]()

    /// Adds a day.
    mutating func add(_ day: EventHeartbeat.Day) {
        Self.add(day.unitsByAge, to: &units)
        Self.add(day.eventsByAge, to: &events)
    }

    /// The rates without what other days have.
    func subtracting(_ other: AgeRates) -> AgeRates {
        var rest = self
        for (age, count) in other.units.enumerated() { rest.units[age] -= count }
        for (age, count) in other.events.enumerated() { rest.events[age] -= count }
        return rest
    }

    /// h_a; 0 at an age without units.
    subscript(age: Int) -> Double {
        age < events.count && age < units.count && units[age] > 0 ? Double(events[age]) / Double(units[age]) : 0
    }

    /// Σ_a u_a·h_a.
    func expected(_ unitsByAge: [Int]) -> Double {
        var sum = 0.0
        for (age, count) in unitsByAge.enumerated() where count > 0 { sum += Double(count) * self[age] }
        return sum
    }

    /// Σ_a w_a·h_a and how many events tell it: (Σ w·h)² ÷ Σ w²·h/u, as if all of them were counted with one weight.
    func expected(weights: [Double]) -> (events: Double, known: Double) {
        var (sum, variance) = (0.0, 0.0)
        for (age, weight) in weights.enumerated() where weight > 0 && self[age] > 0 {
            sum += weight * self[age]
            variance += weight * weight * self[age] / Double(units[age])
        }
        return (sum, variance > 0 ? sum * sum / variance : 0)
    }

    /// Adds counts by age to others.
    static func add(_ counts: [Int], to sums: inout [Int]) {
        if counts.count > sums.count { sums += repeatElement(0, count: counts.count - sums.count) }
        for (index, count) in counts.enumerated() { sums[index] += count }
    }
}
