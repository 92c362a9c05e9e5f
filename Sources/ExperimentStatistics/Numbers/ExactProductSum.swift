/// A sum of products of two or three doubles: rounded products, and the sum of what rounding took from them.
///
/// Apart, since a product has twice the digits of its factors: the two sums then fit two doubles each, where one would not.
struct ExactProductSum: Sendable, Hashable {
    /// The sum of the rounded products: all there is of values that are no products.
    private(set) var products = ExactSum()
    private var errors = ExactSum()

    /// Adds a product.
    /// - Parameters:
    ///   - product: The rounded product.
    ///   - error: What it lacks.
    @inline(__always)
    mutating func add(_ product: Double, error: Double) {
        products.add(product)
        // The error of an infinite product is NaN.
        if error != 0, product.isFinite { errors.add(error) }
    }

    mutating func add(_ other: ExactProductSum) {
        products.add(other.products)
        errors.add(other.errors)
    }

    var number: DyadicNumber { products.number + errors.number }

    var isFinite: Bool { products.isFinite }

    static func == (first: ExactProductSum, second: ExactProductSum) -> Bool {
        first.isFinite == second.isFinite && (first.number - second.number).sign == 0
    }

    func hash(into hasher: inout Hasher) { hasher.combine(number.rounded) }
}

/// Sums of products about the means, from sums of products about 0: exact until the one division.
enum Centred {
    /// Σ(a − ā)(b − b̄) = (n·Σab − Σa·Σb)/n.
    static func products(_ count: Int, _ both: DyadicNumber, _ first: DyadicNumber, _ second: DyadicNumber) -> Double {
        count > 0 ? (DyadicNumber(count) * both - first * second).rounded / Double(count) : 0
    }

    /// Σ(a − ā)²(b − b̄) = (n²·Σa²b − n(2Σab·Σa + Σa²·Σb) + 2(Σa)²·Σb)/n².
    static func cubes(
        _ count: Int, _ all: DyadicNumber, square: DyadicNumber, both: DyadicNumber, _ first: DyadicNumber,
        _ second: DyadicNumber
    ) -> Double {
        guard count > 0 else { return 0 }
        let n = DyadicNumber(count)
        let two = DyadicNumber(2)
        let cubes = n * (n * all - two * both * first - square * second) + two * first * first * second
        return cubes.rounded / Double(count) / Double(count)
    }

    /// The ratio Σa/Σb and the sample variance of (a − R·b)/b̄; nil where Σb is 0.
    static func ratio(
        _ count: Int, _ first: (sum: ExactSum, squares: ExactProductSum),
        _ second: (sum: ExactSum, squares: ExactProductSum), _ products: ExactProductSum
    ) -> Aggregate? {
        let (a, b) = (first.sum.number, second.sum.number)
        guard b.sign != 0 else { return nil }
        let (total, other) = (first.sum.value, second.sum.value)
        guard first.squares.isFinite, second.squares.isFinite, products.isFinite else {
            return Aggregate(count: count, mean: total / other, variance: .infinity)
        }
        // Σ(a − R·b)², times (Σb)².
        let squares =
            b * b * first.squares.number - DyadicNumber(2) * a * b * products.number + a * a * second.squares.number
        let mean = other / Double(max(1, count))
        return Aggregate(
            count: count, mean: total / other,
            variance: count > 1 ? squares.rounded / other / other / mean / mean / Double(count - 1) : nil)
    }
}
