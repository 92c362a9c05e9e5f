import ExperimentPlatform

/// The hypergeometric distribution: how many of the drawn items are marked.
struct Hypergeometric {
    let population: Int
    let marked: Int
    let draws: Int

    /// The smallest and largest possible numbers.
    var support: ClosedRange<Int> { max(0, draws - (population - marked))...min(draws, marked) }

    /// The most probable number.
    var mode: Int {
        let mode = Int((Double(draws) + 1) * (Double(marked) + 1) / (Double(population) + 2))
        return min(max(mode, support.lowerBound), support.upperBound)
    }

    /// ln P(X = k), as a product of three binomial probabilities at draws/population.
    ///
    /// Source: C. Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000).
    func logProbability(_ k: Int) -> Double {
        let rate = Double(draws) / Double(population)
        return Self.logBinomial(k, of: marked, rate: rate, draws, population)
            + Self.logBinomial(draws - k, of: population - marked, rate: rate, draws, population)
            - Self.logBinomial(draws, of: population, rate: rate, draws, population)
    }

    /// ln P(X = k)/P(X = k − 1) or, going down, ln P(X = k − 1)/P(X = k), not in logarithms.
    private func ratio(up k: Int) -> Double {
        Double(marked - k + 1) * Double(draws - k + 1) / (Double(k) * Double(population - marked - draws + k))
    }

    /// Σ P(X = j)/P(X = k) over j = k, k + 1, … or k, k − 1, …: away from the mode, until nothing is added.
    func relativeTail(from k: Int, isUpper: Bool) -> Double {
        var sum = 1.0
        var term = 1.0
        var current = k
        let last = isUpper ? support.upperBound : support.lowerBound
        while current != last {
            current += isUpper ? 1 : -1
            term *= isUpper ? ratio(up: current) : 1 / ratio(up: current + 1)
            let before = sum
            sum += term
            if sum == before { break }
        }
        return sum
    }

    /// ln of the binomial probability of k of n at a rate draws/population; its complement is exact.
    private static func logBinomial(_ k: Int, of n: Int, rate: Double, _ draws: Int, _ population: Int) -> Double {
        let rest = Double(population - draws) / Double(population)
        if n == 0 { return 0 }
        if k == 0 { return Double(n) * (rate < 0.5 ? log1p(-rate) : log(rest)) }
        if k == n { return Double(n) * (rate < 0.5 ? log(rate) : log1p(-rest)) }
        let (x, y, count) = (Double(k), Double(n - k), Double(n))
        return Stirling.error(count) - Stirling.error(x) - Stirling.error(y)
            - Stirling.deviance(x, from: count * rate) - Stirling.deviance(y, from: count * rest)
            + 0.5 * log(count / (2 * Double.pi * x * y))
    }
}
