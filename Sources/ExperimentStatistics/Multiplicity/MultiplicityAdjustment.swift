/// Method by which p-values are raised because several questions were asked at once.
///
/// An adjusted p-value is compared with the same level as a single one. Questions without a p-value don't count.
/// The raw values are what reports write.
public enum MultiplicityAdjustment: String, Sendable, Hashable, CaseIterable {
    /// Bounds the chance of any false alarm; step-down, never weaker than Bonferroni.
    ///
    /// Source: S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6
    /// (1979).
    case holm
    /// Bounds the expected share of false alarms among the alarms.
    ///
    /// Source: Y. Benjamini, Y. Hochberg, "Controlling the False Discovery Rate", Journal of the Royal Statistical
    /// Society B 57 (1995).
    case benjaminiHochberg = "benjamini_hochberg"
    /// Bounds the chance of any false alarm by multiplying with the number of questions.
    ///
    /// Source: O. J. Dunn, "Multiple Comparisons among Means", Journal of the American Statistical Association 56 (1961).
    case bonferroni

    /// Adjusts the p-values of one family; n log n.
    /// - Parameter pValues: The p-values in any order; nil where there is none.
    /// - Returns: The adjusted p-values in the same order, nil where there was none.
    public func adjust(_ pValues: [Double?]) -> [Double?] {
        let family = pValues.enumerated().compactMap { index, value in value.map { (index: index, value: $0) } }
        let ascending = family.sorted { $0.value < $1.value }
        let size = Double(ascending.count)
        var adjusted = pValues
        switch self {
        case .holm:
            var largest = 0.0
            for (rank, entry) in ascending.enumerated() {
                largest = max(largest, min(1, (size - Double(rank)) * entry.value))
                adjusted[entry.index] = largest
            }
        case .benjaminiHochberg:
            var smallest = 1.0
            for (rank, entry) in ascending.enumerated().reversed() {
                smallest = min(smallest, entry.value * size / Double(rank + 1))
                adjusted[entry.index] = smallest
            }
        case .bonferroni:
            for entry in ascending { adjusted[entry.index] = min(1, size * entry.value) }
        }
        return adjusted
    }
}
