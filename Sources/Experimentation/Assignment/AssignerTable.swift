/// Assigners by the bytes of their experiments' ids: a hash table with open addressing, at most half full.
///
/// A dictionary's hash resists keys chosen to collide, and costs a quarter of an assignment. Here the keys are what a
/// team named its experiments, and a lookup of a foreign name ends at the first empty place.
struct AssignerTable: Sendable {
    /// The hash beside each assigner tells most others apart without a look at them.
    private let places: [(hash: Int, assigner: Assigner)?]

    /// Makes a table; of two assigners with the same id the last one stays.
    init(_ assigners: [Assigner]) {
        var size = 2
        while size < assigners.count * 2 { size *= 2 }
        var places = [(hash: Int, assigner: Assigner)?](repeating: nil, count: size)
        for assigner in assigners {
            let hash = Self.hash(assigner.id)
            var place = hash & (size - 1)
            while let other = places[place],
                !(other.hash == hash && other.assigner.isNamed(assigner.id))
            {
                place = (place + 1) & (size - 1)
            }
            places[place] = (hash, assigner)
        }
        self.places = places
    }

    /// The assigner of an id; no allocation.
    subscript(id: ExperimentName) -> Assigner? {
        let hash = Self.hash(id)
        let mask = places.count - 1
        var place = hash & mask
        while let found = places[place] {
            if found.hash == hash, found.assigner.isNamed(id) { return found.assigner }
            place = (place + 1) & mask
        }
        return nil
    }

    /// Eight bytes at a time, each multiplied into the bits above it and folded back.
    private static func hash(_ id: ExperimentName) -> Int {
        id.text.withBytes { bytes in
            let raw = UnsafeRawBufferPointer(bytes)
            var hash = UInt64(truncatingIfNeeded: raw.count)
            var offset = 0
            while offset + 8 <= raw.count {
                hash = fold(hash ^ raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                offset += 8
            }
            var rest: UInt64 = 0
            while offset < raw.count {
                rest = rest << 8 | UInt64(raw[offset])
                offset += 1
            }
            return Int(truncatingIfNeeded: fold(hash ^ rest))
        }
    }

    private static func fold(_ word: UInt64) -> UInt64 {
        let product = word &* 0x9e37_79b9_7f4a_7c15
        return product ^ product >> 32
    }
}
