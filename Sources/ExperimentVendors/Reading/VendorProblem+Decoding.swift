extension VendorProblem {
    /// What a decoder found.
    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init(path: Self.path(context.codingPath + [key]), reason: "is missing")
        case .valueNotFound(_, let context):
            self.init(path: Self.path(context.codingPath), reason: "must not be null")
        case .typeMismatch(let type, let context):
            self.init(path: Self.path(context.codingPath), reason: "must be \(Self.name(of: type))")
        case .dataCorrupted(let context):
            let path = Self.path(context.codingPath)
            self.init(
                path: path,
                reason: path.isEmpty ? "the file is not JSON, or is cut off" : context.debugDescription)
        @unknown default:
            self.init(path: "", reason: "cannot be read")
        }
    }

    /// A path as people write it: names joined by dots, positions in brackets.
    static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : "." + key.stringValue
            }
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is Int.Type: "a whole number"
        case is Double.Type: "a number"
        case is any AnyArray.Type: "a list"
        default: "an object"
        }
    }
}

/// Tells a list from an object without knowing its elements.
private protocol AnyArray {}
extension Array: AnyArray {}

/// A value of the file, or the problems with it: so that one bad entry does not hide the next.
struct Checked<Value: Decodable>: Decodable {
    let value: Value?
    let problems: [VendorProblem]

    init(from decoder: any Decoder) throws {
        do {
            value = try Value(from: decoder)
            problems = []
        } catch let error as DecodingError {
            value = nil
            problems = [VendorProblem(error)]
        } catch let error as VendorFileError {
            value = nil
            problems = error.problems
        }
    }
}

/// A key of an object with any keys.
struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer {
    /// The elements of a list, or every problem among them.
    func decodeAll<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> [Value] {
        let checked = try decode([Checked<Value>].self, forKey: key)
        let problems = checked.flatMap(\.problems)
        guard problems.isEmpty else { throw VendorFileError(problems) }
        return checked.compactMap(\.value)
    }

    /// The elements of a list that may be missing, or every problem among them.
    func decodeAllIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> [Value]? {
        guard contains(key), try !decodeNil(forKey: key) else { return nil }
        return try decodeAll(type, forKey: key)
    }

    /// The values of an object by name, in the order of their names' bytes, or every problem among them.
    func decodeNamed<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> [(name: String, value: Value)] {
        let container = try nestedContainer(keyedBy: AnyKey.self, forKey: key)
        let keys = container.allKeys.sorted { $0.stringValue.utf8.lexicographicallyPrecedes($1.stringValue.utf8) }
        let checked = try keys.map { ($0.stringValue, try container.decode(Checked<Value>.self, forKey: $0)) }
        let problems = checked.flatMap(\.1.problems)
        guard problems.isEmpty else { throw VendorFileError(problems) }
        return checked.compactMap { name, entry in entry.value.map { (name, $0) } }
    }

    /// Says that a value breaks a rule.
    func problem(_ key: Key, _ reason: String) -> VendorFileError {
        VendorFileError([VendorProblem(path: VendorProblem.path(codingPath + [key]), reason: reason)])
    }
}

extension Decoder {
    /// The names of an object's fields that a type does not read, in the order of their bytes.
    func unknownFields<Key: CodingKey & CaseIterable>(
        _ known: Key.Type, _ silent: [String] = []
    ) throws -> [String] {
        let known = Set(known.allCases.map(\.stringValue)).union(silent)
        let names = try container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        return names.filter { !known.contains($0) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
