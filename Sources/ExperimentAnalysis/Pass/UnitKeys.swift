/// The ids of some rows as words of eight bytes, each with its hash: so ids are hashed and compared without a call a byte.
struct UnitKeys: ~Copyable {
    /// An id among them.
    struct Key {
        /// Place of the id's first word; negative for no id.
        var start: Int32 = -1
        /// Length of the id, in bytes.
        var length: UInt32 = 0
        /// The upper half of its hash.
        var tag: UInt32 = 0

        var isAbsent: Bool { start < 0 }
    }

    /// Seed of the hashes: without one, whoever chooses ids could choose such that all have one hash.
    private let seed: UInt64
    private var words: UnsafeMutablePointer<UInt64>
    private var capacity: Int
    private var used = 0

    init(seed: UInt64, capacity: Int = 4096) {
        self.seed = seed
        self.capacity = capacity
        words = .allocate(capacity: capacity)
    }

    deinit { words.deallocate() }

    /// The words of a key, the last filled up with zeros.
    func words(_ key: Key) -> UnsafePointer<UInt64> { UnsafePointer(words + Int(key.start)) }

    /// The number of words of so many bytes.
    static func wordCount(_ length: UInt32) -> Int { (Int(length) + 7) >> 3 }

    mutating func removeAll() { used = 0 }

    /// Adds an id by its bytes; nil for no id.
    mutating func add(_ bytes: UnsafeRawBufferPointer?) -> Key {
        guard let bytes else { return Key() }
        let whole = bytes.count >> 3
        let rest = bytes.count & 7
        if used + whole + 1 > capacity { grow(by: whole + 1) }
        var hash = seed ^ UInt64(bytes.count)
        let start = used
        for index in 0..<whole {
            let word = bytes.loadUnaligned(fromByteOffset: index << 3, as: UInt64.self)
            words[used] = word
            used += 1
            hash = Self.mixed(hash ^ word)
        }
        if rest > 0 {
            var word: UInt64 = 0
            if whole > 0 {
                word = bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self) >> UInt64(64 - rest << 3)
            } else {
                for index in 0..<rest { word |= UInt64(bytes[index]) << UInt64(index << 3) }
            }
            words[used] = word
            used += 1
            hash = Self.mixed(hash ^ word)
        }
        let tag = UInt32(truncatingIfNeeded: Self.mixed(hash) >> 32)
        return Key(start: Int32(start), length: UInt32(bytes.count), tag: tag)
    }

    /// Halves of the product with 2⁶⁴ over the golden ratio, put together.
    @inline(__always)
    static func mixed(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return product.high ^ product.low
    }

    private mutating func grow(by count: Int) {
        let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: 2 * capacity + count)
        larger.moveInitialize(from: words, count: used)
        words.deallocate()
        words = larger
        capacity = 2 * capacity + count
    }
}
