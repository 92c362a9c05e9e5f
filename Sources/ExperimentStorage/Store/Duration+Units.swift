extension Duration {
    /// Whole milliseconds, rounded down, within ``microseconds``.
    var milliseconds: Int { Int(microseconds / 1_000) }

    /// Whole microseconds, rounded down; between −2⁵³ and 2⁵³, 285 years, so that sums do not overflow.
    var microseconds: Int64 {
        let limit = Duration.microseconds(1 << 53)
        let (seconds, attoseconds) = Swift.min(Swift.max(self, .zero - limit), limit).components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
