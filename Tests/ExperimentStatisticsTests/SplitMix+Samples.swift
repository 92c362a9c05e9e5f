import Glibc
import TestSupport

@testable import ExperimentStatistics

/// What tests of statistics draw.
extension SplitMix {
    /// In 0…1, ends excluded.
    mutating func unit() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

    mutating func normal() -> Double { (-2 * log(unit())).squareRoot() * cos(2 * Double.pi * unit()) }

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
