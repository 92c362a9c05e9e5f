/// Weights and margins as people write them.
enum Weight {
    /// `50` rather than `50.0`.
    static func text(_ weight: Double) -> String {
        weight.magnitude < 1e15 && weight == weight.rounded() ? String(Int64(weight)) : String(weight)
    }

    /// A share as percent: `7 %` for 0.07.
    ///
    /// Rounded to some decimals; to as many more as it takes where nobody or everybody would be read and is not meant.
    static func percent(_ share: Double, decimals: Int = 4) -> String {
        let exact = share * 100
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        while scale.isFinite {
            let rounded = (exact * scale).rounded() / scale
            if rounded == exact || rounded != 0 && rounded != 100 { return text(rounded) + " %" }
            scale *= 10
        }
        return text(exact) + " %"
    }
}
