import ExperimentPlatform
import TestSupport

@testable import ExperimentStatistics

/// The draws of tests of statistics.
extension SplitMix {
    /// A number in 0…1, ends excluded.
    mutating func unit() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

    /// A standard normal number, by the polar method.
    ///
    /// Source: G. Marsaglia, T. A. Bray, "A Convenient Method for Generating Normal Variables", SIAM Review 6 (1964).
    mutating func normal() -> Double {
        while true {
            let (x, y) = (2 * unit() - 1, 2 * unit() - 1)
            let square = x * x + y * y
            if square < 1 { return x * (-2 * log(square) / square).squareRoot() }
        }
    }

    /// An aggregate of a plausible metric: from 2 to a million units, means of many sizes, sometimes negative.
    mutating func aggregate() -> Aggregate {
        let count = Int(exp(unit() * log(1e6))) + 2
        let spread = exp(normal() * 2)
        return Aggregate(count: count, mean: spread * (1 + normal()), variance: spread * spread * exp(normal()))
    }

    /// An effect of some size around its noise.
    mutating func effect() -> Effect {
        let control = aggregate()
        let other = aggregate()
        let error = ((control.variance ?? 0) / Double(control.count) + (other.variance ?? 0) / Double(other.count))
            .squareRoot()
        let treatment = Aggregate(
            count: other.count, mean: control.mean + error * 2 * normal(), variance: other.variance)
        return .means(control: control, treatment: treatment)
    }
}
