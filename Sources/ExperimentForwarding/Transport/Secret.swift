/// A key or an address, which no log and no error may show.
///
/// Addresses are secrets too: those of web hooks hold a key.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let text: String

    /// Keeps a text.
    /// - Parameter text: The text.
    public init(_ text: String) {
        self.text = text
    }

    /// Never the text.
    public var description: String { "(secret)" }
    /// Never the text.
    public var debugDescription: String { description }
    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
