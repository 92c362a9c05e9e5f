/// Weights and margins as people write them.
enum Weight {
    /// `50` rather than `50.0`.
    static func text(_ weight: Double) -> String {
        weight.magnitude < 1e15 && weight == weight.rounded() ? String(Int64(weight)) : String(weight)
    }

    /// A share as percent, to four decimals: `7 %` for 0.07.
    static func percent(_ share: Double) -> String { text((share * 1e6).rounded() / 1e4) + " %" }
}
