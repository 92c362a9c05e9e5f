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
