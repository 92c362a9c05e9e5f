/// The units that a pass is about: all, or those whose ids' hashes lie in one of several parts of equal size.
///
/// Whatever the id's length or pattern, the hash puts it into one part, in each pass of a report the same.
struct UnitShare: Equatable {
    static let all = UnitShare(index: 0, count: 1)
    /// Smaller shares would take longer than they save: a pass reads the logs whatever its share.
    static let maximumCount = 256

    let index: Int
    /// Number of shares; a power of two.
    let count: Int

    var isAll: Bool { count == 1 }
    /// Whether the share is the one that counts rows that belong to no unit.
    var isFirst: Bool { index == 0 }

    /// Whether an id belongs to the share, by the upper half of the id's hash.
    @inline(__always)
    func holds(_ tag: UInt32) -> Bool { count == 1 || Int((UInt64(tag) * UInt64(count)) >> 32) == index }

    /// Whether a row is counted in the share: by the id that would find its unit; without an id in the first share.
    @inline(__always)
    func counts(_ key: UnitKeys.Key) -> Bool { key.isAbsent ? isFirst : holds(key.tag) }

    /// Begins again with smaller shares where the units of this one would take more bytes than they may.
    func check(bytes: Int, limit: Int) throws(UnitsBeyondMemory) {
        if bytes > limit { throw UnitsBeyondMemory(shares: 2 * count) }
    }
}

/// The units of a share would take more memory than they may.
struct UnitsBeyondMemory: Error {
    /// Number of shares that there should be.
    let shares: Int
}

/// The rows that are marked, in a bit each; the marks of the same rows in several passes are put together.
struct RowMarks {
    private var words: [UInt64] = []
    private var count = 0

    @inline(__always)
    mutating func append(_ isMarked: Bool) {
        if count & 63 == 0 { words.append(0) }
        if isMarked { words[count >> 6] |= 1 << UInt64(count & 63) }
        count += 1
    }

    mutating func add(_ other: RowMarks) {
        for word in words.indices { words[word] |= other.words[word] }
    }

    var unmarkedCount: Int { count - words.reduce(0) { $0 + $1.nonzeroBitCount } }
}
