/// Weights and margins as people write them.
enum Weight {
    /// `50` rather than `50.0`.
    static func text(_ weight: Double) -> String {
        weight.magnitude < 1e15 && weight == weight.rounded() ? String(Int64(weight)) : String(weight)
    }
}
