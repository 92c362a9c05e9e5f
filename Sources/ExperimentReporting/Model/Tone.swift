/// Tone of a mark or a word, shown by its colour; words beside it always say the same.
///
/// The raw values are the classes of the page's style sheet.
enum Tone: String, Sendable, Hashable {
    /// The always-valid interval is clear of zero, in the wanted direction.
    case good
    /// The always-valid interval is clear of zero in the unwanted direction, or beyond a margin.
    case bad
    /// Something needs repair, or is not clear.
    case warn
    /// The control is to be kept.
    case keep
    /// Nothing is clear.
    case none = "und"
}
