import Experimentation
import FoundationEssentials
import TOMLKit

/// One table of a definitions file, read key by key.
///
/// TOMLKit's decoder refuses an integer where a decimal is asked and ignores keys nobody asked for. Here both kinds of
/// number are numbers, and a key nobody asked for is a typing mistake, named by its path.
struct TOMLSection {
    /// The key path of the table; empty for the document.
    let path: String
    private let table: TOMLTable
    private var asked: [String] = []

    init(_ table: TOMLTable, path: String = "") {
        self.table = table
        self.path = path
    }

    mutating func string(_ key: String) throws(DefinitionsError) -> String? {
        guard let value = value(key) else { return nil }
        guard let string = value.string else { throw wrong(key, "must be a string, in quotes") }
        return string
    }

    mutating func requiredString(_ key: String) throws(DefinitionsError) -> String {
        guard let string = try string(key) else { throw DefinitionsError(path, "lacks '\(key)'") }
        return string
    }

    /// An integer or a decimal.
    mutating func number(_ key: String) throws(DefinitionsError) -> Double? {
        guard let value = value(key) else { return nil }
        if let integer = value.int { return Double(integer) }
        guard let double = value.double else { throw wrong(key, "must be a number") }
        return double
    }

    mutating func integer(_ key: String) throws(DefinitionsError) -> Int64? {
        guard let value = value(key) else { return nil }
        guard let integer = value.int else { throw wrong(key, "must be an integer") }
        return Int64(integer)
    }

    mutating func bool(_ key: String) throws(DefinitionsError) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let bool = value.bool else { throw wrong(key, "must be true or false") }
        return bool
    }

    /// One of the values of an enumeration, by its name.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ type: Choice.Type
    ) throws(DefinitionsError) -> Choice? {
        guard let name = try string(key) else { return nil }
        if let choice = Choice(rawValue: name) { return choice }
        throw wrong(key, "must be one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }

    mutating func strings(_ key: String) throws(DefinitionsError) -> [String] {
        guard let value = value(key) else { return [] }
        guard let array = value.array else { throw wrong(key, "must be an array of strings") }
        var strings: [String] = []
        for element in array {
            guard let string = element.string else { throw wrong(key, "must be an array of strings") }
            strings.append(string)
        }
        return strings
    }

    mutating func numbers(_ key: String) throws(DefinitionsError) -> [Double] {
        guard let value = value(key) else { return [] }
        guard let array = value.array else { throw wrong(key, "must be an array of numbers") }
        var numbers: [Double] = []
        for element in array {
            guard let number = element.int.map(Double.init) ?? element.double else {
                throw wrong(key, "must be an array of numbers")
            }
            numbers.append(number)
        }
        return numbers
    }

    /// A table, written `[key]` or `key = { … }`.
    mutating func section(_ key: String) throws(DefinitionsError) -> TOMLSection? {
        guard let value = value(key) else { return nil }
        guard let table = value.table else { throw wrong(key, "must be a table, written { … }") }
        return TOMLSection(table, path: place(key))
    }

    /// The table's keys.
    var keys: [String] { table.keys }

    /// A moment: TOML's own date and time with an offset, or the same in quotes.
    mutating func moment(_ key: String) throws(DefinitionsError) -> Date? {
        guard let value = value(key) else { return nil }
        guard let text = value.string ?? value.dateTime.map(MomentText.rfc3339) else {
            throw wrong(key, "must be a time, such as 2026-01-31T09:30:00Z")
        }
        do throws(ExperimentError) {
            return Date(microsecondsSince1970: try Timestamp.microseconds(text))
        } catch {
            throw wrong(key, "must be a time with Z or an offset, such as 2026-01-31T09:30:00Z")
        }
    }

    /// An array of tables, written `[[key]]` or `key = [{ … }]`.
    mutating func sections(_ key: String) throws(DefinitionsError) -> [TOMLSection] {
        guard let value = value(key) else { return [] }
        guard let array = value.array else { throw wrong(key, "must be an array of tables, written [[\(key)]]") }
        var sections: [TOMLSection] = []
        for (index, element) in array.enumerated() {
            let place = "\(place(key))[\(index)]"
            guard let table = element.table else { throw DefinitionsError(place, "must be a table") }
            sections.append(TOMLSection(table, path: place))
        }
        return sections
    }

    /// Refuses keys that nobody asked for.
    func finish() throws(DefinitionsError) {
        for key in table.keys where !asked.contains(key) {
            let hint = Suggestion.closest(to: key, among: asked).map { "; did you mean '\($0)'?" } ?? ""
            throw wrong(key, "is not a known key\(hint)")
        }
    }

    /// The failure of a key's value.
    func wrong(_ key: String, _ message: String) -> DefinitionsError {
        DefinitionsError(place(key), message)
    }

    private func place(_ key: String) -> String {
        path.isEmpty ? Escaping.visible(key) : "\(path).\(Escaping.visible(key))"
    }

    private mutating func value(_ key: String) -> (any TOMLValueConvertible)? {
        asked.append(key)
        return table[key]
    }
}
