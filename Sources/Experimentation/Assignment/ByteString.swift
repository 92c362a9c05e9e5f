/// A string that equals another when their UTF-8 bytes do.
///
/// Swift's `String ==` is canonical equivalence: to it, "é" in one code point and in two are the same. Ids are bytes,
/// as they are to SQLite and to the hash, so dictionaries and sets of ids use this as their key.
package struct ByteString: Sendable, Hashable {
    package let string: String

    package init(_ string: String) {
        self.string = string
    }

    package static func == (left: ByteString, right: ByteString) -> Bool {
        left.string.isSameBytes(as: right.string)
    }

    package func hash(into hasher: inout Hasher) {
        var string = string
        string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String? {
    /// Whether two strings have the same UTF-8 bytes, or neither is there.
    package func isSameBytes(as other: String?) -> Bool {
        guard let self, let other else { return self == nil && other == nil }
        return self.isSameBytes(as: other)
    }
}

extension [String: String] {
    /// Whether two sets of attributes have the same UTF-8 bytes.
    package func isSameBytes(as other: [String: String]) -> Bool {
        count == other.count
            && allSatisfy { name, value in
                guard let index = other.index(forKey: name) else { return false }
                return other[index].key.isSameBytes(as: name) && other[index].value.isSameBytes(as: value)
            }
    }
}

extension String {
    /// Whether two strings have the same UTF-8 bytes.
    package func isSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        let isSame = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in left.elementsEqual(right) }
        }
        // Every native string has contiguous storage; the rest is for strings that came from elsewhere.
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}
