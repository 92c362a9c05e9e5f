import Experimentation

/// The numbers of one side, by what they are of.
struct ComparedNumbers {
    /// A number, and how far another may be from it and still be the same.
    struct Number {
        /// Nil where there are too few units.
        let value: Double?
        var tolerance = 0.0

        func agrees(with other: Number) -> Bool {
            guard let value, let otherValue = other.value else { return value == nil && other.value == nil }
            // Values near the ends of what is legal have an infinite variance, and its distance to itself is not a number.
            return value == otherValue || abs(value - otherValue) <= max(tolerance, other.tolerance)
        }
    }

    /// What a number is of, in words.
    typealias Subject = Name<Number>

    private(set) var all: [Subject: Number] = [:]

    /// Adds a number of outcomes; 0 is left out, since a view has no row for it.
    mutating func add(_ outcomes: Int, _ experiment: ExperimentName?, reason: String?) {
        guard outcomes > 0 else { return }
        let fate = reason.map { "discarded, \($0)" } ?? "kept"
        all[Subject("\(experiment ?? "no experiment"), outcomes \(fate)")] = Number(value: Double(outcomes))
    }

    /// What one side says of a variant in a metric; nil where it says nothing.
    struct Result {
        let units: Int
        let unitsWithOutcome: Int
        /// Of a mean alone.
        let sum: Double?
        let mean: Double?
        /// Of a mean and a ratio.
        let variance: Double?
        /// Of a ratio alone.
        let numerator: Double?
        let denominator: Double?
    }

    /// Adds the numbers of a variant in a metric; of no unit there are none.
    ///
    /// A value's size is taken as the root of the mean square, which is at least the mean of the absolute values. Where
    /// there are many units, sums in another order differ by more.
    mutating func add(_ subject: [String], _ result: Result) {
        guard result.units > 0 else { return }
        let subject = subject.joined(separator: ", ")
        let rounding = Double(result.units) * .ulpOfOne
        let size = ((result.mean ?? 0) * (result.mean ?? 0) + (result.variance ?? 0)).squareRoot()
        let tolerance = max(1e-12, rounding) * size
        let all = tolerance * Double(result.units)
        let variance = result.variance ?? 0
        let numbers = [
            ("units", Number(value: Double(result.units))),
            ("units with outcome", Number(value: Double(result.unitsWithOutcome))),
            ("sum", Number(value: result.sum, tolerance: all)),
            // A quantile is one of the values.
            ("mean", Number(value: result.mean, tolerance: result.variance == nil ? 0 : tolerance)),
            (
                "variance",
                Number(value: result.variance, tolerance: max(1e-11, rounding) * variance + tolerance * tolerance)
            ),
        ]
        let parts = [("numerator", result.numerator), ("denominator", result.denominator)].compactMap { name, part in
            part.map { (name, Number(value: $0, tolerance: max(1e-12, rounding) * abs($0))) }
        }
        for (name, number) in numbers + parts { self.all[Subject("\(subject), \(name)")] = number }
    }
}
