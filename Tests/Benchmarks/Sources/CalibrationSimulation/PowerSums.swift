import ExperimentStatistics

/// Sums of powers of a variant's values: fast, and exact enough for values whose mean is not large against their spread.
struct PowerSums {
    private(set) var count = 0
    private var sums = (0.0, 0.0, 0.0)

    mutating func add(_ value: Double) {
        count += 1
        sums = (sums.0 + value, sums.1 + value * value, sums.2 + value * value * value)
    }

    /// Adds units that are yes or no.
    mutating func add(successes: Int, of count: Int) {
        self.count += count
        let yes = Double(successes)
        sums = (sums.0 + yes, sums.1 + yes, sums.2 + yes)
    }

    /// Adds units whose values are normal around a mean, with variance 1: only their sum is drawn.
    mutating func addNormal(_ count: Int, mean: Double = 0, _ random: inout Random) {
        let n = Double(count)
        let sum = n * mean + n.squareRoot() * random.normal()
        self.count += count
        sums = (sums.0 + sum, sums.1 + n + 2 * mean * sum - n * mean * mean, sums.2)
    }

    mutating func add(_ other: PowerSums) {
        count += other.count
        sums = (sums.0 + other.sums.0, sums.1 + other.sums.1, sums.2 + other.sums.2)
    }

    var aggregate: Aggregate { Aggregate(count: count, sum: sums.0, sumOfSquares: sums.1) }

    var moments: Moments {
        let mean = sums.0 / Double(max(1, count))
        return Moments(
            aggregate: aggregate, centredCubes: sums.2 - 3 * mean * sums.1 + 2 * Double(count) * mean * mean * mean)
    }

    /// The same without the cubes, for values that are normal.
    var normal: Moments { Moments(aggregate: aggregate, centredCubes: 0) }
}

/// Sums of powers and products of two values a unit.
struct PairPowerSums {
    private(set) var count = 0
    private var sums = (0.0, 0.0)
    private var squares = (0.0, 0.0, 0.0)
    private var cubes = (0.0, 0.0, 0.0, 0.0)

    mutating func add(_ y: Double, _ x: Double) {
        count += 1
        sums = (sums.0 + y, sums.1 + x)
        squares = (squares.0 + y * y, squares.1 + y * x, squares.2 + x * x)
        cubes = (cubes.0 + y * y * y, cubes.1 + y * y * x, cubes.2 + y * x * x, cubes.3 + x * x * x)
    }

    /// The sums of these units and of others.
    func adding(_ other: PairPowerSums) -> PairPowerSums {
        var all = self
        all.count += other.count
        all.sums = (sums.0 + other.sums.0, sums.1 + other.sums.1)
        all.squares = (squares.0 + other.squares.0, squares.1 + other.squares.1, squares.2 + other.squares.2)
        all.cubes = (
            cubes.0 + other.cubes.0, cubes.1 + other.cubes.1, cubes.2 + other.cubes.2, cubes.3 + other.cubes.3
        )
        return all
    }

    /// The same units with a second value that is the same for all.
    func withSecond(_ x: Double) -> PairPowerSums {
        var same = self
        let n = Double(count)
        same.sums.1 = n * x
        same.squares = (squares.0, x * sums.0, n * x * x)
        same.cubes = (cubes.0, x * squares.0, x * x * sums.0, n * x * x * x)
        return same
    }

    /// The sum of the second values.
    var second: Double { sums.1 }

    var moments: BivariateMoments {
        let n = Double(max(1, count))
        let (y, x) = (sums.0 / n, sums.1 / n)
        return BivariateMoments(
            aggregate: BivariateAggregate(
                count: count, sums: sums, sumsOfSquares: (squares.0, squares.2), sumOfProducts: squares.1),
            centredCubes: .init(
                yyy: cubes.0 - 3 * y * squares.0 + 2 * n * y * y * y,
                yyx: cubes.1 - 2 * y * squares.1 - x * squares.0 + 2 * n * y * y * x,
                yxx: cubes.2 - 2 * x * squares.1 - y * squares.2 + 2 * n * y * x * x,
                xxx: cubes.3 - 3 * x * squares.2 + 2 * n * x * x * x))
    }
}
