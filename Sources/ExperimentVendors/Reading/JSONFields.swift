import Experimentation

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
