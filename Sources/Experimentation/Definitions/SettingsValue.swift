/// A value of an experiment's settings, in whichever notation they were written.
///
/// Values that are equal have the same text: keys are in the order of their bytes, and a number that is an integer is
/// written as one. Integers of 64 bits keep every digit; other numbers are doubles, as in JavaScript.
package enum SettingsValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// Above every `Int64`.
    case unsigned(UInt64)
    /// Finite, and no integer of 64 bits.
    case number(Double)
    case string(String)
    case array([SettingsValue])
    case object([(key: String, value: SettingsValue)])

    /// A finite number.
    package init(_ number: Double) {
        self =
            Int64(exactly: number).map { .integer($0) } ?? UInt64(exactly: number).map { .unsigned($0) }
            ?? .number(number)
    }

    /// The value as JSON without spaces.
    package var json: String {
        switch self {
        case .null: "null"
        case .bool(let value): String(value)
        case .integer(let value): String(value)
        case .unsigned(let value): String(value)
        // Swift prints the shortest digits that read back as the same double.
        case .number(let value): String(value)
        case .string(let value): JSONString.quoted(value, .canonical)
        case .array(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                .map { JSONString.quoted($0.key, .canonical) + ":" + $0.value.json }.joined(separator: ",") + "}"
        }
    }
}
