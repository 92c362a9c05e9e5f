import Glibc

@testable import ExperimentStatistics

/// SplitMix64, seeded, and what tests draw from it.
///
/// Source: G. Steele, D. Lea, C. Flood, OOPSLA 2014.
struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

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
