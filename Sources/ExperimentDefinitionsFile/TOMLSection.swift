import Experimentation
import TOMLKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Table of a definitions file, read key by key.
///
/// TOMLKit's decoder refuses an integer where a decimal is asked and ignores keys nobody asked for. Here both kinds of
/// number are numbers, and a key nobody asked for is a typing mistake, named by its path. A value that is not what was
/// asked for is noted as a problem and reads as absent.
struct TOMLSection {
    /// The key path of the table; empty for the document.
    let path: String
    /// Problems of the document, where those of the table are noted.
    let problems: DefinitionsProblems
    private let table: TOMLTable
    private var asked: [String] = []
    /// Number of problems when the first key was read; nil before.
    private var problemsBefore: Int?

    init(_ table: TOMLTable, path: String = "", _ problems: DefinitionsProblems) {
        self.table = table
        self.path = path
        self.problems = problems
    }

    /// The table's keys.
    var keys: [String] { table.keys }

    /// A string if there is one; not counted as asked for.
    func text(_ key: String) -> String? { table[key]?.string }

    mutating func string(_ key: String) -> String? {
        value(key, "must be a string, in quotes") { $0.string }
    }

    mutating func requiredString(_ key: String) -> String? {
        if anything(key) == nil { problems.note(path, "lacks '\(key)'") }
        return string(key)
    }

    /// An integer or a decimal.
    mutating func number(_ key: String) -> Double? {
        value(key, "must be a number") { $0.int.map(Double.init) ?? $0.double }
    }

    mutating func integer(_ key: String) -> Int64? {
        value(key, "must be an integer") { $0.int.map { Int64($0) } }
    }

    mutating func bool(_ key: String) -> Bool? {
        value(key, "must be true or false") { $0.bool }
    }

    /// Value of an enumeration, by its name; nil where the key is absent or wrong.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ type: Choice.Type
    ) -> Choice? {
        guard let name = string(key) else { return nil }
        if let choice = Choice(rawValue: name) { return choice }
        wrong(key, "must be one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        return nil
    }

    mutating func strings(_ key: String) -> [String] {
        values(key, "must be an array of strings") { $0.string }
    }

    /// A string, or an array of strings.
    mutating func textOrTexts(_ key: String) -> [String] {
        let rule = "must be a string or an array of strings"
        let texts = value(key, rule) { value in
            value.string.map { [$0 as String?] } ?? value.array.map { $0.map(\.string) }
        }
        guard let texts else { return [] }
        if texts.contains(nil) { wrong(key, rule) }
        return texts.compactMap(\.self)
    }

    mutating func numbers(_ key: String) -> [Double] {
        values(key, "must be an array of numbers") { $0.int.map(Double.init) ?? $0.double }
    }

    /// A table, written `[key]` or `key = { … }`.
    mutating func section(_ key: String) -> TOMLSection? {
        value(key, "must be a table, written { … }") { $0.table }
            .map { TOMLSection($0, path: place(key), problems) }
    }

    /// An array of tables, written `[[key]]` or `key = [{ … }]`.
    mutating func sections(_ key: String) -> [TOMLSection] {
        guard let array = value(key, "must be an array of tables, written [[\(key)]]", { $0.array }) else { return [] }
        var sections: [TOMLSection] = []
        for (index, element) in array.enumerated() {
            let place = "\(place(key))[\(index)]"
            if let table = element.table {
                sections.append(TOMLSection(table, path: place, problems))
            } else {
                problems.note(place, "must be a table")
            }
        }
        return sections
    }

    /// A moment: TOML's own date and time with an offset, or the same in quotes.
    mutating func moment(_ key: String) -> Date? {
        let text = value(key, "must be a time, such as 2026-01-31T09:30:00Z") {
            $0.string ?? $0.dateTime.map(MomentText.rfc3339)
        }
        guard let text else { return nil }
        do throws(ExperimentError) {
            return Date(microsecondsSince1970: try Timestamp.microseconds(text))
        } catch {
            wrong(key, "must be a time with Z or an offset, such as 2026-01-31T09:30:00Z")
            return nil
        }
    }

    /// A value of any type.
    mutating func anything(_ key: String) -> (any TOMLValueConvertible)? {
        problemsBefore = problemsBefore ?? problems.count
        asked.append(key)
        return table[key]
    }

    /// Notes keys that nobody asked for.
    func finish() {
        for key in table.keys where !asked.contains(key) {
            let hint = Suggestion.closest(to: key, among: asked).map { "; did you mean '\($0)'?" } ?? ""
            wrong(key, "is not a known key\(hint)")
        }
    }

    /// Whether nothing was wrong with what was read of the table so far, tables inside included.
    var isSound: Bool { problems.count == problemsBefore ?? problems.count }

    /// Makes something of the values read, once all of them are.
    ///
    /// Nil when one of them was wrong, or when what is made breaks a rule: that is noted, its name beside its place.
    func made<Value>(_ name: String? = nil, _ make: () throws(ExperimentError) -> Value) -> Value? {
        guard isSound else { return nil }
        do throws(ExperimentError) { return try make() } catch {
            note([error], name)
            return nil
        }
    }

    /// Makes something of the values read, as the other form does, for what tells every rule it breaks.
    func made<Value>(_ name: String, _ make: () throws(BrokenRules) -> Value) -> Value? {
        guard isSound else { return nil }
        do throws(BrokenRules) { return try make() } catch {
            note(error.all, name)
            return nil
        }
    }

    /// Makes a part of something of a key's value; nil, noted at the key, when it breaks a rule.
    func value<Value>(of key: String, _ make: () throws(ExperimentError) -> Value) -> Value? {
        do throws(ExperimentError) { return try make() } catch {
            if case .invalidContext(let input) = error { wrong(key, input.rule) }
            return nil
        }
    }

    private func note(_ errors: [ExperimentError], _ name: String?) {
        let place = name.map { "\(path) (\(VisibleText.quoted($0)))" } ?? path
        for error in errors { problems.note(place, "\(error)") }
    }

    /// Notes that a key's value is wrong.
    func wrong(_ key: String, _ message: String) { problems.note(place(key), message) }

    /// The key path of a key's value.
    func place(_ key: String) -> String {
        path.isEmpty ? VisibleText.of(key) : "\(path).\(VisibleText.of(key))"
    }

    private mutating func value<Value>(
        _ key: String, _ rule: String, _ convert: (any TOMLValueConvertible) -> Value?
    ) -> Value? {
        guard let value = anything(key) else { return nil }
        if let converted = convert(value) { return converted }
        wrong(key, rule)
        return nil
    }

    private mutating func values<Value>(
        _ key: String, _ rule: String, _ convert: (any TOMLValueConvertible) -> Value?
    ) -> [Value] {
        guard let array = value(key, rule, { $0.array }) else { return [] }
        let converted = array.compactMap { convert($0) }
        if converted.count < array.count { wrong(key, rule) }
        return converted
    }
}
