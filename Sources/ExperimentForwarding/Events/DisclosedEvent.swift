import ExperimentJSON
package import Experimentation

/// The part of a row that a destination sees.
package struct DisclosedEvent: Sendable, Hashable {
    package enum Content: Sendable, Hashable {
        case exposure(experiment: ExperimentName, variant: VariantName, enrollment: Enrollment)
        case outcome(experiment: ExperimentName?, metric: MetricName, value: OutcomeValue)
    }

    package let id: RowID
    package let content: Content
    package let timestampMicroseconds: Int64
    /// The user's id, hashed where that was asked for.
    package let userID: UnitID?
    /// The session's id, likewise.
    package let sessionID: UnitID?
    /// The id that the caller gave the record.
    package let recordID: RecordID?
    /// Facts about the unit that leave, by name.
    package let unitAttributes: [DisclosedAttribute]
    /// Facts about what happened that leave, by name.
    package let eventAttributes: [DisclosedAttribute]

    /// The id that a vendor counts by: the user's, or the session's where there is no user.
    package var unitID: UnitID? { userID ?? sessionID }

    /// The time in ms since 1970 UTC, cut off.
    package var timestampMilliseconds: Int64 { timestampMicroseconds / 1_000 }
}

/// A fact that leaves.
package struct DisclosedAttribute: Sendable, Hashable {
    package let name: AttributeName
    package let text: String
    /// Whether it leaves as the number or the truth value that it spells.
    package let isTyped: Bool

    /// The number or truth value that the text spells in JSON and that is asked for; nil for any other text.
    package var literal: String? { isTyped && Self.isLiteral(text.utf8) ? text : nil }

    private static func isLiteral(_ text: String.UTF8View) -> Bool {
        var rest = text[...]
        if rest.elementsEqual("true".utf8) || rest.elementsEqual("false".utf8) { return true }
        func take(_ byte: UInt8) -> Bool {
            guard rest.first == byte else { return false }
            rest.removeFirst()
            return true
        }
        func takeDigits() -> Bool {
            let digits = rest.prefix { 0x30...0x39 ~= $0 }
            rest = rest[digits.endIndex...]
            return !digits.isEmpty
        }
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")), !takeDigits() { return false }
        if take(UInt8(ascii: ".")), !takeDigits() { return false }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
            if !takeDigits() { return false }
        }
        // 1e400 is JSON, too, but no receiver holds it.
        return rest.isEmpty && Double(String(decoding: text, as: UTF8.self))?.isFinite == true
    }
}

extension JSONWriter {
    /// Writes a fact as a member: a number or a truth value where that was chosen and it spells one, else a text.
    package mutating func member(_ attribute: DisclosedAttribute) {
        name(attribute.name.text)
        if let literal = attribute.literal { raw(literal) } else { value(attribute.text) }
    }
}
