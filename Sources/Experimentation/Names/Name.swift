package import ExperimentJSON

/// The name of something: an experiment, a variant, a metric, a unit.
///
/// Two names are the same when their UTF-8 bytes are, as they are to SQLite and to the hash that assigns. Swift's
/// `String ==` is canonical equivalence: to it, "é" in one code point and in two are the same, though they are two users.
/// The parameter says what is named, so that the compiler tells the name of a variant from that of an experiment.
///
/// A name is any text; whoever takes one from outside checks it. In JSON it is the plain string.
public struct Name<Of>: Sendable {
    /// The text, as it was given: never folded, trimmed or normalised.
    public let text: String

    /// Names something by a text.
    /// - Parameter text: The text; any.
    @inlinable
    public init(_ text: String) {
        self.text = text
    }
}

extension Name: Hashable {
    /// Whether two names have the same UTF-8 bytes.
    @inlinable
    public static func == (left: Name, right: Name) -> Bool {
        right.text.withBytes { left.text.hasBytes($0) }
    }

    /// Hashes the UTF-8 bytes.
    @inlinable
    public func hash(into hasher: inout Hasher) {
        text.withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension Name: Comparable {
    /// Whether a name's UTF-8 bytes come before another's, as `memcmp` and SQLite order them.
    @inlinable
    public static func < (left: Name, right: Name) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension Name: ExpressibleByStringInterpolation {
    /// Names something by a literal.
    /// - Parameter text: The text.
    @inlinable
    public init(stringLiteral text: String) {
        self.text = text
    }
}

extension Name: CustomStringConvertible {
    /// The text.
    public var description: String { text }
}

extension Name: Codable {
    /// Reads the plain string.
    /// - Parameter decoder: Where it is read from.
    /// - Throws: `DecodingError` for anything but a string.
    public init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the plain string.
    /// - Parameter encoder: Where it is written to.
    /// - Throws: As the encoder says.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension Array where Element: Hashable {
    /// The names that equal one before them.
    package var repeated: [Element] {
        var seen: Set<Element> = []
        return filter { !seen.insert($0).inserted }
    }
}

extension JSONValue {
    /// A name as its text, or null.
    package static func name<Of>(_ name: Name<Of>?) -> JSONValue { .string(name?.text) }
}
