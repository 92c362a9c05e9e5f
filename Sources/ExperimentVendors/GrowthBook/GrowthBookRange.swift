/// A half-open piece of 0…1, in a file a list of two numbers.
public struct GrowthBookRange: Sendable, Hashable, Encodable {
    /// The first point in it.
    public let start: Double
    /// The first point after it.
    public let end: Double

    /// Creates a range.
    /// - Parameters:
    ///   - start: The first point in it.
    ///   - end: The first point after it.
    public init(_ start: Double, _ end: Double) {
        self.start = start
        self.end = end
    }

    /// Reads `[start, end]`.
    init(_ reader: JSONReader) {
        let numbers = reader.list(\.number)
        guard numbers.count == 2 else {
            reader.problem("must be two numbers")
            self.init(0, 0)
            return
        }
        self.init(numbers[0], numbers[1])
    }

    /// Writes `[start, end]`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode([start, end])
    }

    /// Whether a point lies in it.
    public func contains(_ point: Double) -> Bool { start <= point && point < end }

    /// What of it lies outside another range.
    func without(_ gap: GrowthBookRange) -> [GrowthBookRange] {
        [GrowthBookRange(start, min(end, gap.start)), GrowthBookRange(max(start, gap.end), end)]
            .filter { $0.start < $0.end }
    }

    /// The ranges of an experiment that gives weights and a coverage instead.
    ///
    /// Coverage cuts a piece off the right of every variation's slot. Weights that are missing, too many or too few,
    /// negative, not finite or far from a sum of 1 are replaced by equal ones, as GrowthBook does; others are not
    /// rescaled. Evaluated in the SDKs' order, so that borders are the same doubles.
    static func ranges(_ count: Int, weights: [Double]?, coverage: Double?) -> [GrowthBookRange] {
        let coverage = min(max(coverage ?? 1, 0), 1)
        let weights = weights.flatMap { usable($0, count) } ?? Array(repeating: 1 / Double(count), count: count)
        var sum = 0.0
        return weights.map { weight in
            let start = sum
            sum += weight
            return GrowthBookRange(start, start + coverage * weight)
        }
    }

    /// The weights, unless GrowthBook would replace them.
    static func usable(_ weights: [Double], _ count: Int) -> [Double]? {
        let sum = weights.reduce(0, +)
        let isUsable =
            weights.count == count && sum >= 0.99 && sum <= 1.01 && weights.allSatisfy { $0.isFinite && $0 >= 0 }
        return isUsable ? weights : nil
    }
}
