import ExperimentJSON
import Experimentation
import TOMLKit

extension JSONValue {
    /// The text of an experiment's settings, the same whether they are a table or a JSON object in quotes.
    static func text(of key: String, in section: inout TOMLSection) -> String? {
        guard let value = section.anything(key) else { return nil }
        if let table = value.table { return of(table, section.place(key), section.problems).canonical }
        let before = section.problems.count
        let settings = value.string.flatMap { json in
            JSONValue(json: json) { path, message in
                section.problems.note("\(section.place(key)).\(VisibleText.of(path))", message)
            }
        }
        if case .object = settings { return settings?.canonical }
        if section.problems.count == before { section.wrong(key, "must be a table, or a JSON object in quotes") }
        return nil
    }

    private static func of(_ table: TOMLTable, _ place: String, _ problems: DefinitionsProblems) -> JSONValue {
        .object(
            table.keys.compactMap { key in
                table[key].map { (key, of($0, "\(place).\(VisibleText.of(key))", problems)) }
            })
    }

    /// A value; null, and noted, where JSON has none like it.
    private static func of(
        _ value: any TOMLValueConvertible, _ place: String, _ problems: DefinitionsProblems
    ) -> JSONValue {
        if let bool = value.bool { return .bool(bool) }
        if let integer = value.int { return .integer(integer) }
        if let string = value.string { return .string(string) }
        if let table = value.table { return of(table, place, problems) }
        if let array = value.array {
            return .array(array.enumerated().map { of($0.element, "\(place)[\($0.offset)]", problems) })
        }
        if let number = value.double {
            if number.isFinite { return JSONValue(number) }
            problems.note(place, "must be a finite number")
        } else {
            problems.note(place, "must not be a date or time, which JSON has not: write a string")
        }
        return .null
    }
}
