/// Direction in which a metric gets better; the raw values are what definitions and reports write.
public enum Direction: String, Sendable, Hashable, CaseIterable {
    /// More is better.
    case increase
    /// Less is better.
    case decrease

    /// 1 where more is better, −1 where less is.
    var sign: Double { self == .increase ? 1 : -1 }
}
