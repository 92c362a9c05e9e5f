extension SettingsValue {
    /// Reads JSON; nil for a text that is none, or has something that settings cannot hold as it is written.
    ///
    /// That is a field that is there twice, of which only one could count, and a number that would become another one: an
    /// integer of more than 64 bits, or one that no double holds.
    /// - Parameters:
    ///   - json: The text, in UTF-8.
    ///   - note: Told each such value, in the order of the text: the path to it, and what is wrong.
    package init?(json: String, _ note: (_ path: String, _ message: String) -> Void = { _, _ in }) {
        let value = json.withBytes { bytes -> SettingsValue? in
            guard let root = try? JSONParser.parse(bytes) else { return nil }
            var problems: [Problem] = []
            let value = SettingsValue(root, &problems)
            for problem in problems { note(root.path(to: problem.offset), problem.message) }
            return problems.isEmpty ? value : nil
        }
        guard let value else { return nil }
        self = value
    }

    private typealias Problem = (offset: Int, message: String)

    private init(_ node: JSONNode, _ problems: inout [Problem]) {
        switch node.value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(Int64(value))
        case .largeInteger(_, let value?): self = .unsigned(value)
        case .number(let value) where value.isFinite: self = SettingsValue(value)
        case .largeInteger:
            problems.append((node.offset, "must be an integer of at most 64 bits, or have a fraction or an exponent"))
            self = .null
        case .number:
            problems.append((node.offset, "must be a finite number"))
            self = .null
        case .string(let value): self = .string(value)
        case .array(let values): self = .array(values.map { SettingsValue($0, &problems) })
        case .object(let members):
            var names: Set<JSONNode.FieldName> = []
            self = .object(
                members.map { member in
                    if !names.insert(member.name).inserted {
                        problems.append((member.node.offset, "is there more than once"))
                    }
                    return (member.name.text, SettingsValue(member.node, &problems))
                })
        }
    }
}
