/// Numbers as somebody defined them: with all their digits.
extension NumberText {
    /// A weight or a margin: `50` rather than `50.0`.
    package static func exact(_ value: Double) -> String {
        value.magnitude < 1e15 && value == value.rounded() ? String(Int64(value)) : String(value)
    }

    /// A share as percent: `7 %` for 0.07.
    ///
    /// Rounded to some decimals; to as many more as it takes where nobody or everybody would be read and is not meant.
    package static func exactPercent(_ share: Double, decimals: Int = 4) -> String {
        let percent = share * 100
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        while scale.isFinite {
            let rounded = (percent * scale).rounded() / scale
            if rounded == percent || rounded != 0 && rounded != 100 { return exact(rounded) + " %" }
            scale *= 10
        }
        return exact(percent) + " %"
    }
}
