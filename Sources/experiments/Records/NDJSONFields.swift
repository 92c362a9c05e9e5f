import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The fields of one line of JSON.
struct NDJSONFields: Decodable {
    /// Any key of an object.
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }

        init?(intValue: Int) { nil }
    }

    private(set) var texts: [Column: String] = [:]
    private(set) var timestampMicroseconds: Int64?
    private(set) var value: OutcomeValue?
    /// Whether there are attributes; they are read from the line itself.
    private(set) var hasAttributes = false
    /// The columns that are there, null or not.
    private(set) var columns: [Column] = []

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        var valueKey: Key?
        for key in container.allKeys {
            guard let column = Column(name: key.stringValue) else {
                throw ExperimentError.invalid("line", "has an unknown key \(Escaping.quoted(key.stringValue))")
            }
            guard !columns.contains(column) else { throw ExperimentError.invalid(column.rawValue, "is there twice") }
            columns.append(column)
            if try container.decodeNil(forKey: key) { continue }
            switch column {
            case .value: valueKey = key
            case .timestampMicroseconds:
                timestampMicroseconds = try Self.read(column, "must be a 64-bit integer") {
                    try container.decode(Int64.self, forKey: key)
                }
            case .attributes: hasAttributes = true
            default:
                texts[column] = try Self.read(column, "must be a string") {
                    try container.decode(String.self, forKey: key)
                }
            }
        }
        if let valueKey, let kind = texts[.kind].flatMap(OutcomeValue.Kind.init) {
            value = try Self.value(kind, container, valueKey)
        }
    }

    /// A value as its kind demands: JSON's own types, 1 and 0 for booleans, or a string that a CSV cell could hold.
    private static func value(
        _ kind: OutcomeValue.Kind, _ container: KeyedDecodingContainer<Key>, _ key: Key
    ) throws -> OutcomeValue {
        switch kind {
        case .bool:
            if let bool = try? container.decode(Bool.self, forKey: key) { return .bool(bool) }
            if let integer = try? container.decode(Int64.self, forKey: key), 0...1 ~= integer {
                return .bool(integer == 1)
            }
        case .count:
            if let integer = try? container.decode(Int64.self, forKey: key) { return .count(integer) }
        case .numeric:
            if let double = try? container.decode(Double.self, forKey: key) { return .numeric(double) }
        }
        let bytes = Array(((try? container.decode(String.self, forKey: key)) ?? "").utf8)
        return try bytes.withUnsafeBufferPointer { try CellValue.outcome($0, kind) }
    }

    private static func read<Value>(_ column: Column, _ rule: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch { throw ExperimentError.invalid(column.rawValue, rule) }
    }
}
