import Experimentation

/// The numbers of one side, by what they are of.
struct ComparedNumbers {
    /// A number, and how far another may be from it and still be the same.
    struct Number {
        /// Nil where there are too few units, or where it lies beyond what a double can be.
        let value: Double?
        let tolerance: Double

        /// Sums of values near the ends of what is legal are infinite or no numbers, which SQL has as null in part.
        init(value: Double?, tolerance: Double = 0) {
            self.value = value?.ifFinite
            self.tolerance = tolerance
        }

        func agrees(with other: Number) -> Bool {
            guard let value, let otherValue = other.value else { return value == nil && other.value == nil }
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

    /// Adds all numbers of others.
    mutating func add(_ other: ComparedNumbers) { all.merge(other.all) { $1 } }

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
        let mean = result.mean?.ifFinite ?? 0
        let variance = result.variance?.ifFinite ?? 0
        let size = (mean * mean + variance).squareRoot()
        let tolerance = max(1e-12, rounding) * size
        let all = tolerance * Double(result.units)
        let numbers = [
            ("units", Number(value: Double(result.units))),
            ("units with outcome", Number(value: Double(result.unitsWithOutcome))),
            ("sum", Number(value: result.sum, tolerance: all)),
            // A quantile is one of the values, which may be a sum, too.
            ("mean", Number(value: result.mean, tolerance: tolerance)),
            (
                "variance",
                // Around no mean there is none, whatever a sum of its squares came to.
                Number(
                    value: result.mean?.ifFinite == nil ? nil : result.variance,
                    tolerance: max(1e-11, rounding) * variance + tolerance * tolerance)
            ),
        ]
        let parts = [("numerator", result.numerator), ("denominator", result.denominator)].compactMap { name, part in
            part?.ifFinite.map { (name, Number(value: $0, tolerance: max(1e-12, rounding) * abs($0))) }
        }
        for (name, number) in numbers + parts { self.all[Subject("\(subject), \(name)")] = number }
    }
}

extension Double {
    /// The number, or nil where it is infinite or none.
    fileprivate var ifFinite: Double? { isFinite ? self : nil }
}
