import Foundation

/// SplitMix64, seeded, and the distributions of made-up metrics.
///
/// Source: G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
struct Random {
    private var state: UInt64
    private var spare: Double?

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A number in 0…1, ends excluded.
    mutating func unit() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

    mutating func normal() -> Double {
        if let value = spare {
            spare = nil
            return value
        }
        let radius = (-2 * log(unit())).squareRoot()
        let angle = 2 * Double.pi * unit()
        spare = radius * sin(angle)
        return radius * cos(angle)
    }

    /// A number whose logarithm is normal, of median 1.
    mutating func logNormal(_ sigma: Double) -> Double { exp(sigma * normal()) }

    /// True with a probability.
    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    mutating func exponential() -> Double { -log(unit()) }

    /// A count of the given mean whose variance is a multiple of it: Poisson of a gamma-distributed rate.
    mutating func overDispersed(_ mean: Double, _ dispersion: Double) -> Double {
        if dispersion <= 1 { return poisson(mean) }
        let scale = dispersion - 1
        return poisson(scale * gamma(mean / scale))
    }

    /// A gamma-distributed number of scale 1.
    ///
    /// Source: G. Marsaglia, W. W. Tsang, "A Simple Method for Generating Gamma Variables", ACM Transactions on
    /// Mathematical Software 26 (2000).
    mutating func gamma(_ shape: Double) -> Double {
        if shape <= 0 { return 0 }
        if shape < 1 { return gamma(shape + 1) * exp(log(unit()) / shape) }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
            if v > 0, log(unit()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
        }
    }

    mutating func poisson(_ mean: Double) -> Double {
        // Sums of Poisson counts are Poisson, so that no product underflows.
        if mean > 500 { return poisson(mean / 2) + poisson(mean / 2) }
        let limit = exp(-mean)
        var product = unit()
        var count = 0.0
        while product > limit {
            product *= unit()
            count += 1
        }
        return count
    }
}

/// The number of successes of a fixed number of trials, from a table.
struct Binomial: Sendable {
    private let cumulative: [Double]

    init(_ count: Int, _ probability: Double) {
        let odds = probability / (1 - probability)
        var term = exp(Double(count) * log1p(-probability))
        var (sum, cumulative) = (0.0, [Double]())
        for successes in 0...count {
            sum += term
            cumulative.append(sum)
            term *= odds * Double(count - successes) / Double(successes + 1)
            if sum > 1 - 1e-15, Double(successes) > Double(count) * probability { break }
        }
        self.cumulative = cumulative
    }

    /// A draw; some nanoseconds.
    func draw(_ random: inout Random) -> Int {
        let share = random.unit()
        var (lower, upper) = (0, cumulative.count - 1)
        while lower < upper {
            let middle = (lower + upper) / 2
            if cumulative[middle] < share { lower = middle + 1 } else { upper = middle }
        }
        return lower
    }
}
