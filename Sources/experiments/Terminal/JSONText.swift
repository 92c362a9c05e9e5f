import FoundationEssentials

/// Values as JSON for other programs: snake_case keys in a fixed order, UTF-8, one document.
enum JSONText {
    static func of(_ value: some Encodable) throws(Failure) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        do {
            return Escaping.json(String(decoding: try encoder.encode(value), as: UTF8.self)) + "\n"
        } catch {
            throw Failure(.input, "the result cannot be written as JSON")
        }
    }
}
