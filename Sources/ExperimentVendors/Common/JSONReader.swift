import Experimentation

/// Reads one value of a file.
///
/// Where it is not what is asked for, that is noted and a stand-in is read, so that reading goes on to the next problem.
/// What is read is used only if there was none.
struct JSONReader {
    private let node: JSONNode
    /// Nil for a stand-in: its problem is noted already.
    private let notes: ReadingNotes?

    init(_ node: JSONNode, _ notes: ReadingNotes) {
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
    private let notes: ReadingNotes?

    init(_ members: [JSONNode.Member], offset: Int, _ notes: ReadingNotes) {
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

    /// Every field, in the order of the file; they are names and not words of the format.
    var all: [(name: VendorName, reader: JSONReader)] {
        var names: Set<JSONNode.FieldName> = []
        return members.map { member in
            let reader = reader(member.node)
            if !names.insert(member.name).inserted { reader.problem(Self.repeated) }
            return (VendorName(member.name.text), reader)
        }
    }

    /// Notes the fields that were not asked for, unless there is nothing in them.
    /// - Parameter silent: Fields that say nothing about who gets what.
    func noteUnread(_ silent: [JSONNode.FieldName] = []) {
        guard let notes else { return }
        guard isRead.contains(false) else { return }
        // Those that are read are few, however many fields there are.
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

/// What was noticed while a file was read: problems, and fields that nothing reads.
///
/// Each is noted by the place in the file; the path is looked up in the end, only for what was noted.
final class ReadingNotes {
    private struct Place: Hashable {
        let offset: Int
        /// The field that is missing there; nil for the value itself.
        let field: JSONNode.FieldName?
    }

    private var places: Set<Place> = []
    private var problems: [(place: Place, reason: String)] = []
    private var unread: [Int] = []

    /// Something is wrong with the value that begins at a byte, or with a field that it lacks.
    func problem(_ reason: String, at offset: Int, field: JSONNode.FieldName? = nil) {
        // One for each value: what else is said about it comes of the first.
        let place = Place(offset: offset, field: field)
        if places.insert(place).inserted { problems.append((place, reason)) }
    }

    /// Nothing reads the field whose value begins at a byte.
    func unread(at offset: Int) { unread.append(offset) }

    /// The paths of the fields that nothing reads, in the order of the file.
    func unreadPaths(in root: JSONNode) -> [String] { unread.sorted().map(root.path) }

    /// Fails with all problems, in the order of the file, if there was one.
    func check(_ root: JSONNode) throws(VendorFileError) {
        guard !problems.isEmpty else { return }
        let ordered = problems.enumerated().sorted {
            ($0.element.place.offset, $0.offset) < ($1.element.place.offset, $1.offset)
        }
        throw VendorFileError(
            ordered.map { _, problem in
                let path = root.path(to: problem.place.offset)
                guard let field = problem.place.field else { return VendorProblem(path: path, reason: problem.reason) }
                return VendorProblem(path: path.isEmpty ? field.text : "\(path).\(field)", reason: problem.reason)
            })
    }
}
