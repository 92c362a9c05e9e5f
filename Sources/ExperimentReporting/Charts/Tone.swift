/// What the colour of a mark says; the same is always said in words beside it.
enum Tone: String {
    /// The always-valid interval is clear of zero, in the wanted direction.
    case good
    /// It is clear of zero in the other, or beyond a margin.
    case bad
    /// Something needs repair, or is not settled.
    case warn
    /// Nothing is clear.
    case none = "und"
}
