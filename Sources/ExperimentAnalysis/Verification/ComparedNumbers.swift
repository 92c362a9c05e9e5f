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

    /// Adds the numbers of a variant in a metric.
    ///
    /// A value's size is taken as the root of the mean square, which is at least the mean of the absolute values. Where
    /// there are many units, sums in another order differ by more.
    mutating func add(
        _ subject: [String], units: Int, unitsWithOutcome: Int, sum: Double, mean: Double, variance: Double?
    ) {
        let subject = subject.joined(separator: ", ")
        let rounding = Double(units) * .ulpOfOne
        let size = (mean * mean + (variance ?? 0)).squareRoot()
        let tolerance = max(1e-12, rounding) * size
        let numbers = [
            ("units", Number(value: Double(units))), ("units with outcome", Number(value: Double(unitsWithOutcome))),
            ("sum", Number(value: sum, tolerance: tolerance * Double(units))),
            ("mean", Number(value: units > 0 ? mean : nil, tolerance: tolerance)),
            (
                "variance",
                Number(value: variance, tolerance: max(1e-11, rounding) * (variance ?? 0) + tolerance * tolerance)
            ),
        ]
        for (name, number) in numbers { all[Subject("\(subject), \(name)")] = number }
    }
}
