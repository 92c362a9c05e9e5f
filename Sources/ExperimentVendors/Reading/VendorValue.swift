/// A JSON value of a vendor's file or of a user's attributes.
public enum VendorValue: Sendable, Hashable, Codable {
    case null
    case bool(Bool)
    /// A number as JavaScript has it: a double.
    case number(Double)
    case string(String)
    case array([VendorValue])
    case object([String: VendorValue])

    /// Reads any JSON value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([VendorValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: VendorValue].self))
        }
    }

    /// Writes the value as JSON.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }

    /// The text, where the value is one.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }
}
