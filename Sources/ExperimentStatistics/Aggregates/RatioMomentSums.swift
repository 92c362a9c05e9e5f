/// A ratio's parts and their past as the units are read, in any order and by any number of threads.
///
/// Sums of four values a unit and of their products without rounding, as ``MomentSums``. 700 bytes; a unit takes 30 to
/// 100 ns, less where values are 0.
public struct RatioMomentSums: Sendable, Hashable {
    /// The units so far.
    public private(set) var count = 0
    /// Y, X, P, O; then YY, YX, XX, YP, XP, PP, YO, XO, PO, OO.
    private var sums = [ExactProductSum](repeating: ExactProductSum(), count: 14)

    /// The place of the product of the values i ≤ j.
    private static func place(_ first: Int, _ second: Int) -> Int { 4 + second * (second + 1) / 2 + first }

    /// Creates the sums of no unit.
    public init() {}

    /// Adds a unit.
    /// - Parameters:
    ///   - numerator: Y, finite.
    ///   - denominator: X, finite.
    ///   - pastNumerator: P, the numerator from before the exposure; finite.
    ///   - pastDenominator: O, the denominator from before the exposure; finite.
    public mutating func add(
        numerator: Double, denominator: Double, pastNumerator: Double, pastDenominator: Double
    ) {
        count += 1
        let isWhole =
            numerator.isSmallInteger && denominator.isSmallInteger && pastNumerator.isSmallInteger
            && pastDenominator.isSmallInteger
        // One access to the array for all of them: each costs as much as an addition.
        sums.withUnsafeMutableBufferPointer { sums in
            func multiply(_ first: Double, _ second: Double, _ place: Int) {
                if first == 0 || second == 0 { return }
                let product = first * second
                sums[place].add(product, error: isWhole ? 0 : (-product).addingProduct(first, second))
            }
            sums[0].add(numerator, error: 0)
            sums[1].add(denominator, error: 0)
            sums[2].add(pastNumerator, error: 0)
            sums[3].add(pastDenominator, error: 0)
            multiply(numerator, numerator, 4)
            multiply(numerator, denominator, 5)
            multiply(denominator, denominator, 6)
            multiply(numerator, pastNumerator, 7)
            multiply(denominator, pastNumerator, 8)
            multiply(pastNumerator, pastNumerator, 9)
            multiply(numerator, pastDenominator, 10)
            multiply(denominator, pastDenominator, 11)
            multiply(pastNumerator, pastDenominator, 12)
            multiply(pastDenominator, pastDenominator, 13)
        }
    }

    /// Adds units all of whose values are 0.
    /// - Parameter count: How many.
    public mutating func addZeros(_ count: Int) { self.count += count }

    /// Adds the units of other sums.
    /// - Parameter other: Units of which none is in these.
    public mutating func add(_ other: RatioMomentSums) {
        count += other.count
        for index in sums.indices { sums[index].add(other.sums[index]) }
    }

    /// The number of units, all means, variances and covariances; about 10 µs.
    public var aggregate: RatioAggregate {
        let numbers = sums.map(\.number)
        func centred(_ first: Int, _ second: Int) -> Double {
            let place = Self.place(first, second)
            guard sums[place].isFinite, sums[first].isFinite, sums[second].isFinite else { return .infinity }
            return Centred.products(count, numbers[place], numbers[first], numbers[second]) / Double(max(1, count - 1))
        }
        func single(_ index: Int) -> Aggregate {
            Aggregate(
                count: count, mean: count > 0 ? sums[index].products.value / Double(count) : 0,
                variance: centred(index, index))
        }
        func pair(_ first: Int, _ second: Int) -> BivariateAggregate {
            BivariateAggregate(first: single(first), second: single(second), covariance: centred(first, second))
        }
        return RatioAggregate(
            parts: pair(0, 1), past: pair(2, 3),
            covariances: .init(
                numerators: centred(0, 2), numeratorWithPastDenominator: centred(0, 3),
                denominatorWithPastNumerator: centred(1, 2), denominators: centred(1, 3)))
    }

    /// The ratio and its past as two values a unit, as ``RatioAggregate/linearized`` but exact also where the parts are
    /// nearly proportional.
    ///
    /// Nil where a denominator's sum is 0. About 13 µs.
    public var linearized: BivariateAggregate? {
        guard let parts = ratio(0), let past = ratio(2) else { return nil }
        let numbers = sums.map(\.number)
        // Σ(Y − R·X)(P − S·O), times ΣX·ΣO.
        let sum =
            numbers[1] * (numbers[3] * numbers[7] - numbers[2] * numbers[10])
            - numbers[0] * (numbers[3] * numbers[8] - numbers[2] * numbers[11])
        let scale = sums[1].products.value * sums[3].products.value / Double(count)
        let covariance = sum.rounded / scale / scale / Double(max(1, count - 1))
        let isFinite = sums.allSatisfy(\.isFinite)
        return BivariateAggregate(first: parts, second: past, covariance: isFinite ? covariance : .infinity)
    }

    /// The ratio of the values at an index and the next.
    private func ratio(_ index: Int) -> Aggregate? {
        let next = index + 1
        return Centred.ratio(
            count, (sums[index].products, sums[Self.place(index, index)]),
            (sums[next].products, sums[Self.place(next, next)]), sums[Self.place(index, next)])
    }
}

extension BivariateMomentSums {
    /// The ratio of the two sums, ready to be compared like a mean: R = Σy/Σx, and the sample variance of (y − R·x)/x̄.
    ///
    /// As ``BivariateAggregate/ratio``, but exact also where the parts are nearly proportional: Σ(y − R·x)² is
    /// (Σx)²Σy² − 2ΣxΣyΣyx + (Σy)²Σx² over (Σx)², and rounded once. Nil where Σx is 0. About 5 µs.
    public var ratio: Aggregate? {
        Centred.ratio(count, first.parts, second.parts, products)
    }

    /// The moments of (y − R·x)/x̄ + R, whose mean over the units is the ratio and its error; nil where Σx is 0.
    public var ratioMoments: Moments? {
        ratio.map { ratio in
            let scale = aggregate.second.mean
            return Moments(
                aggregate: ratio,
                centredCubes: moments.residual(slope: ratio.mean).centredCubes / (scale * scale * scale))
        }
    }
}
