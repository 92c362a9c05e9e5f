/// Writes JSON (RFC 8259) straight into bytes, member by member.
///
/// A row becomes a request's text once and is kept as bytes through every attempt, so nothing is built in between.
package struct JSONWriter: Sendable {
    /// Bytes that were written so far.
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// Creates a writer.
    /// - Parameter capacity: Bytes to make room for.
    package init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Writes an object.
    /// - Parameter members: Writes its members.
    package mutating func object(_ members: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
        members(&self)
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    /// Writes an array.
    /// - Parameter elements: Writes its elements.
    package mutating func array(_ elements: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "["))
        needsComma = false
        elements(&self)
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    /// Writes the name of a member, whose value comes next.
    package mutating func name(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a text.
    package mutating func value(_ text: String) {
        separate()
        quote(text)
        needsComma = true
    }

    /// Writes true or false.
    package mutating func value(_ flag: Bool) { raw(flag ? "true" : "false") }

    /// Writes an integer, exactly.
    package mutating func value(_ integer: Int64) { raw(String(integer)) }

    /// Writes a number in the fewest digits that read back as the same double; null for one that is not finite.
    package mutating func value(_ number: Double) { raw(number.isFinite ? number.description : "null") }

    /// Writes null.
    package mutating func null() { raw("null") }

    /// Writes a text that is JSON already.
    package mutating func raw(_ json: String) {
        separate()
        bytes.append(contentsOf: json.utf8)
        needsComma = true
    }

    /// Writes bytes that are JSON already.
    package mutating func raw(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    /// Writes an object that is a member.
    package mutating func object(_ name: String, _ members: (inout JSONWriter) -> Void) {
        self.name(name)
        object(members)
    }

    /// Writes an array that is a member.
    package mutating func array(_ name: String, _ elements: (inout JSONWriter) -> Void) {
        self.name(name)
        array(elements)
    }

    /// Writes a member.
    package mutating func member(_ name: String, _ text: String) {
        self.name(name)
        value(text)
    }

    /// Writes a member: null where there is no text.
    package mutating func member(_ name: String, _ text: String?) {
        self.name(name)
        if let text { value(text) } else { null() }
    }

    /// Writes a member.
    package mutating func member(_ name: String, _ flag: Bool) {
        self.name(name)
        value(flag)
    }

    /// Writes a member.
    package mutating func member(_ name: String, _ integer: Int64) {
        self.name(name)
        value(integer)
    }

    /// Writes a member.
    package mutating func member(_ name: String, _ number: Double) {
        self.name(name)
        value(number)
    }

    /// Texts under their names, in the order of the names' bytes.
    /// - Parameter texts: The members.
    /// - Returns: An object on one line.
    package static func object(_ texts: [String: String]) -> String {
        var json = JSONWriter(capacity: texts.reduce(2) { $0 + $1.key.utf8.count + $1.value.utf8.count + 6 })
        json.object { object in
            for (name, text) in texts.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                object.member(name, text)
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func quote(_ text: String) {
        bytes.append(contentsOf: JSONString.quoted(text, .compact).utf8)
    }
}
