/// A value of a JSON text, and where it is: no two values of a text begin at the same byte.
package struct JSONNode: Sendable {
    package enum Value: Sendable {
        case null
        case bool(Bool)
        /// A number without fraction and exponent that an `Int` holds.
        case integer(Int)
        /// A number without fraction and exponent beyond `Int`: the nearest double, infinite when there is none, and
        /// itself where a `UInt64` holds it.
        case largeInteger(nearest: Double, exact: UInt64?)
        /// Any other number; infinite when a double cannot hold it.
        case number(Double)
        case string(String)
        case array([JSONNode])
        case object([Member])
    }

    /// A field of an object.
    package struct Member: Sendable {
        package let name: FieldName
        package let node: JSONNode
    }

    package let value: Value
    /// The position of its first byte.
    package let offset: Int
    /// The position after its last byte.
    package let end: Int

    package init(value: Value, offset: Int, end: Int) {
        self.value = value
        self.offset = offset
        self.end = end
    }

    package var isNull: Bool {
        if case .null = value { true } else { false }
    }
}

extension JSONNode {
    /// Name of a field of an object; in JSON, names are told apart by their bytes.
    package struct FieldName: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
        package let text: String

        package init(_ text: String) {
            self.text = text
        }

        package init(stringLiteral text: String) {
            self.text = text
        }

        package var description: String { text }

        package static func == (left: FieldName, right: FieldName) -> Bool {
            left.text.utf8.elementsEqual(right.text.utf8)
        }

        package func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }

    /// The way from this value to the one that begins at a byte, as people write it: names joined by dots, positions
    /// in brackets.
    package func path(to target: Int) -> String {
        var path = ""
        var node = self
        while node.offset != target {
            switch node.value {
            case .array(let elements):
                guard let index = elements.lastIndex(before: target, \.offset) else { return path }
                path += "[\(index)]"
                node = elements[index]
            case .object(let members):
                guard let index = members.lastIndex(before: target, \.node.offset) else { return path }
                let member = members[index]
                path += path.isEmpty ? member.name.text : ".\(member.name)"
                node = member.node
            default: return path
            }
        }
        return path
    }
}

extension Array {
    /// The last element that begins at a byte or before it; they are in the order of the text.
    fileprivate func lastIndex(before target: Int, _ offset: (Element) -> Int) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if offset(self[middle]) <= target { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }
}
