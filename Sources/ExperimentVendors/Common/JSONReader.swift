import ExperimentJSON
import Experimentation

/// Reads one value of a file.
///
/// Where it is not what is asked for, that is noted and a stand-in is read, so that reading goes on to the next problem.
/// What is read is used only if there was none.
struct JSONReader {
    private let node: JSONNode
    /// Nil for a stand-in: its problem is noted already.
    private let notes: ParsingNotes?

    init(_ node: JSONNode, _ notes: ParsingNotes) {
        self.node = node
        self.notes = notes
    }

    private init() {
        node = JSONNode(value: .null, offset: 0, end: 0)
        notes = nil
    }

    /// Stands in for a value that is missing.
    static var standIn: JSONReader { JSONReader() }

    /// Notes that the value breaks a rule.
    func problem(_ reason: String) { notes?.problem(reason, at: node.offset) }

    private func mismatch<Value>(_ kind: String, _ standIn: Value) -> Value {
        problem(node.isNull ? "must not be null" : "must be \(kind)")
        return standIn
    }

    /// A text.
    var text: String {
        if case .string(let text) = node.value { text } else { mismatch("a text", "") }
    }

    /// A text that names something.
    var name: VendorName { VendorName(text) }

    /// True or false.
    var flag: Bool {
        if case .bool(let flag) = node.value { flag } else { mismatch("true or false", false) }
    }

    /// A number.
    var number: Double {
        switch node.value {
        case .integer(let integer): Double(integer)
        case .number(let number) where number.isFinite: number
        case .largeInteger(let number, _) where number.isFinite: number
        default: mismatch("a number", 0)
        }
    }

    /// A whole number, which may be written with a fraction of 0.
    var whole: Int {
        switch node.value {
        case .integer(let integer): integer
        case .number(let number): Int(exactly: number) ?? mismatch("a whole number", 0)
        default: mismatch("a whole number", 0)
        }
    }

    /// Whether the value is a text.
    var isText: Bool {
        if case .string = node.value { true } else { false }
    }

    /// Whether the value is false.
    var isFalse: Bool {
        if case .bool(false) = node.value { true } else { false }
    }

    /// Whether the value is null.
    var isNull: Bool { node.isNull }

    /// Whether the value is an object.
    var isObject: Bool {
        if case .object = node.value { true } else { false }
    }

    /// Whether the value is null, or an object or a list with nothing in it.
    var isEmpty: Bool {
        switch node.value {
        case .null: true
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        default: false
        }
    }

    /// A list; each element is read.
    func list<Element>(_ read: (JSONReader) -> Element) -> [Element] {
        guard case .array(let elements) = node.value, let notes else { return mismatch("a list", []) }
        return elements.map { read(JSONReader($0, notes)) }
    }

    /// The elements of a list.
    var elements: [JSONReader] { list { $0 } }

    /// A part of the file that stands for itself: where it breaks a rule the rest of the file is read all the same.
    /// - Returns: The part; nil where it breaks a rule, which is then noted of the part alone.
    func part<Part>(_ read: (JSONReader) -> Part) -> Part? {
        guard let notes else { return nil }
        return notes.part { read(self) }
    }

    /// A list whose elements stand for themselves: nil in the place of each that breaks a rule.
    func parts<Part>(_ read: (JSONReader) -> Part) -> [Part?] { list { $0.part(read) } }

    /// The value of a field that decides nothing: of another type than it should be, it is as good as not there, and
    /// noted as not read.
    func aside<Value>(_ read: (JSONReader) -> Value) -> Value? {
        guard let notes else { return nil }
        return notes.aside(at: node.offset) { read(self) }
    }

    /// The fields of an object.
    var fields: JSONFields {
        guard case .object(let members) = node.value, let notes else {
            return mismatch("an object", JSONFields.standIn)
        }
        return JSONFields(members, offset: node.offset, notes)
    }

    /// Any value.
    var value: VendorValue {
        switch node.value {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .integer, .number, .largeInteger: .number(number)
        case .string(let text): .string(text)
        case .array: .array(list(\.value))
        case .object:
            .object(Dictionary(fields.all.map { ($0.name.text, $0.reader.value) }, uniquingKeysWith: { $1 }))
        }
    }
}

/// The fields of an object while they are read.
struct JSONFields {
    private let members: [JSONNode.Member]
    private var isRead: [Bool]
    /// The position after the last field that was found.
    private var next = 0
    private let offset: Int
    /// Nil for a stand-in: its problem is noted already.
    private let notes: ParsingNotes?

    init(_ members: [JSONNode.Member], offset: Int, _ notes: ParsingNotes) {
        self.members = members
        self.isRead = Array(repeating: false, count: members.count)
        self.offset = offset
        self.notes = notes
    }

    private init() {
        members = []
        isRead = []
        offset = 0
        notes = nil
    }

    /// Stands in for a value that is no object.
    static var standIn: JSONFields { JSONFields() }

    /// Notes that the object breaks a rule.
    func problem(_ reason: String) { notes?.problem(reason, at: offset) }

    /// A field that may be missing or null; to be asked for once.
    mutating func optional(_ name: JSONNode.FieldName) -> JSONReader? {
        find(name).flatMap { $0.isNull ? nil : reader($0) }
    }

    /// A field that has to be there; to be asked for once.
    mutating func required(_ name: JSONNode.FieldName) -> JSONReader {
        if let node = find(name) { return reader(node) }
        notes?.problem("is missing", at: offset, field: name)
        return .standIn
    }

    /// Whether a field is there, be it null; it still has to be read.
    func contains(_ name: JSONNode.FieldName) -> Bool { members.contains { $0.name == name } }

    /// Whether a field is there and says something; it still has to be read.
    func hasValue(_ name: JSONNode.FieldName) -> Bool { members.contains { $0.name == name && !$0.node.isNull } }

    /// The first field whose name has a word in it, whatever the case.
    func name(containing word: String) -> String? {
        members.first { $0.name.text.lowercased().contains(word) }?.name.text
    }

    /// Every field, in the order of the file; they are names and not words of the format.
    var all: [(name: VendorName, reader: JSONReader)] {
        var names: Set<JSONNode.FieldName> = []
        return members.map { member in
            let reader = reader(member.node)
            if !names.insert(member.name).inserted { reader.problem(Self.repeated) }
            return (VendorName(member.name.text), reader)
        }
    }

    /// Every field, as ``all``, as a part that stands for itself; nil in the place of each that breaks a rule, and of all
    /// that share a name.
    func parts<Part>(_ read: (VendorName, JSONReader) -> Part) -> [(name: VendorName, part: Part?)] {
        let counts = Dictionary(members.map { ($0.name, 1) }, uniquingKeysWith: +)
        var names: Set<JSONNode.FieldName> = []
        return members.map { member in
            let name = VendorName(member.name.text)
            let isAgain = !names.insert(member.name).inserted
            let part = reader(member.node).part { reader in
                if isAgain { reader.problem(Self.repeated) }
                return read(name, reader)
            }
            return (name, counts[member.name, default: 1] > 1 ? nil : part)
        }
    }

    /// Notes the fields that were not asked for, unless there is nothing in them.
    /// - Parameter silent: Fields that say nothing about who gets what.
    func noteUnread(_ silent: [JSONNode.FieldName] = []) {
        guard let notes else { return }
        guard isRead.contains(false) else { return }
        // Fields that are read are few, however many fields there are.
        let read = members.indices.filter { isRead[$0] }.map { members[$0].name }
        for index in members.indices where !isRead[index] {
            let member = members[index]
            if read.contains(member.name) {
                notes.problem(Self.repeated, at: member.node.offset)
            } else if !silent.contains(member.name), !reader(member.node).isEmpty {
                notes.unread(at: member.node.offset)
            }
        }
    }

    private static let repeated = "is there more than once"

    private func reader(_ node: JSONNode) -> JSONReader { notes.map { JSONReader(node, $0) } ?? .standIn }

    /// Looks from the field after the last one found: for fields that are asked for in their order it is the first look.
    private mutating func find(_ name: JSONNode.FieldName) -> JSONNode? {
        for step in members.indices {
            let index = next + step < members.count ? next + step : next + step - members.count
            guard members[index].name == name else { continue }
            isRead[index] = true
            next = index + 1
            return members[index].node
        }
        return nil
    }
}
