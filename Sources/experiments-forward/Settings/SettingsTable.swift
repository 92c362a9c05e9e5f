import ExperimentForwarding
import Experimentation
import Foundation
import TOMLKit

/// Something is wrong with the file of destinations, or with what it names.
struct SettingsProblem: Error, CustomStringConvertible {
    /// The place of the problem: a key, or a file; empty for none.
    let place: String
    /// The rule that is broken, as the end of a sentence.
    let rule: String

    var description: String { place.isEmpty ? rule : "\(place) \(rule)" }
}

/// One table of the file, read key by key; the first thing that is wrong ends the reading.
struct SettingsTable {
    /// The key path of the table; empty for the file.
    let path: String
    private let table: TOMLTable
    private var asked: Set<String> = []

    init(_ table: TOMLTable, path: String) {
        self.table = table
        self.path = path
    }

    mutating func text(_ key: String) throws(SettingsProblem) -> String? {
        try value(key, "must be a text, in quotes") { $0.string }
    }

    mutating func requiredText(_ key: String) throws(SettingsProblem) -> String {
        guard let text = try text(key) else { throw SettingsProblem(place: path, rule: "lacks '\(key)'") }
        return text
    }

    mutating func flag(_ key: String) throws(SettingsProblem) -> Bool? {
        try value(key, "must be true or false") { $0.bool }
    }

    /// A number above 0, with or without a fraction.
    mutating func number(_ key: String) throws(SettingsProblem) -> Double? {
        try value(key, "must be a number from 0.001 to 1,000,000") { value in
            (value.int.map { Double($0) } ?? value.double).flatMap { 0.001...1_000_000 ~= $0 ? $0 : nil }
        }
    }

    /// A whole number above 0.
    mutating func count(_ key: String) throws(SettingsProblem) -> Int? {
        try value(key, "must be a whole number from 1 to 1,000,000,000") {
            $0.int.flatMap { 1...1_000_000_000 ~= $0 ? $0 : nil }
        }
    }

    /// A list of names; nil where the key is missing.
    mutating func names<Of>(_ key: String) throws(SettingsProblem) -> Set<Name<Of>>? {
        let names: [Name<Of>]? = try value(key, "must be a list of texts") { value in
            guard let array = value.array else { return nil }
            let texts = array.compactMap { $0.string }
            return texts.count == array.count ? texts.map { Name<Of>($0) } : nil
        }
        return names.map { Set($0) }
    }

    /// A value of an enumeration, by its name; nil where the key is missing.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ type: Choice.Type
    ) throws(SettingsProblem) -> Choice? {
        let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return try value(key, "must be one of \(all)") { $0.string.flatMap { Choice(rawValue: $0) } }
    }

    mutating func table(_ key: String) throws(SettingsProblem) -> SettingsTable? {
        let place = place(key)
        return try value(key, "must be a table, written { … }") { $0.table.map { SettingsTable($0, path: place) } }
    }

    mutating func tables(_ key: String) throws(SettingsProblem) -> [SettingsTable] {
        let place = place(key)
        let tables: [SettingsTable]? = try value(key, "must be tables, written [[\(key)]]") { value in
            guard let array = value.array else { return nil }
            let tables = array.enumerated().compactMap { index, element in
                element.table.map { SettingsTable($0, path: "\(place)[\(index)]") }
            }
            return tables.count == array.count ? tables : nil
        }
        return tables ?? []
    }

    /// A table of texts by name.
    mutating func texts(_ key: String) throws(SettingsProblem) -> [String: String] {
        guard let section = try table(key) else { return [:] }
        var texts: [String: String] = [:]
        for name in section.table.keys {
            guard let text = section.table[name]?.string else {
                throw SettingsProblem(place: "\(section.path).\(name)", rule: "must be a text, in quotes")
            }
            texts[name] = text
        }
        return texts
    }

    /// A secret: `{ environment = "NAME" }` or `{ file = "path" }`, whose last line break does not count; never shown.
    mutating func secret(_ key: String) throws(SettingsProblem) -> Secret? {
        guard var section = try table(key) else { return nil }
        let variable = try section.text("environment")
        let file = try section.text("file")
        try section.finish()
        let text: String
        switch (variable, file) {
        case (let name?, nil):
            guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
                throw SettingsProblem(place: section.path, rule: "names the variable \(name), which is not set")
            }
            text = value
        case (nil, let path?):
            guard let bytes = FileManager.default.contents(atPath: path),
                let value = String(validating: bytes, as: UTF8.self)
            else { throw SettingsProblem(place: section.path, rule: "names the file \(path), which cannot be read") }
            text = value.hasSuffix("\n") ? String(value.dropLast()) : value
            guard !text.isEmpty else {
                throw SettingsProblem(place: section.path, rule: "names the file \(path), which is empty")
            }
        default: throw SettingsProblem(place: section.path, rule: "must have either 'environment' or 'file'")
        }
        return Secret(text)
    }

    /// Fails where there is a key that nobody asked for, which is a typing mistake.
    func finish() throws(SettingsProblem) {
        for key in table.keys.sorted() where !asked.contains(key) {
            throw SettingsProblem(place: place(key), rule: "is not a known key here")
        }
    }

    /// The key path of a key's value.
    func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private mutating func value<Value>(
        _ key: String, _ rule: String, _ convert: (any TOMLValueConvertible) -> Value?
    ) throws(SettingsProblem) -> Value? {
        asked.insert(key)
        guard let value = table[key] else { return nil }
        guard let converted = convert(value) else { throw SettingsProblem(place: place(key), rule: rule) }
        return converted
    }
}
