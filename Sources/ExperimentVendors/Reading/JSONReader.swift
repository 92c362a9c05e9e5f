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
