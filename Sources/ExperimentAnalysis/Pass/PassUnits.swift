import Experimentation

/// The units of a pass by their id: a hash table with the ids' bytes.
///
/// Users in one, sessions in another. A unit takes 32 bytes, an id the bytes that it has, up to the next multiple of eight,
/// and 8 to 16 in the table. Once the exposures are read, it is only read, by any number of threads.
final class PassUnits {
    /// A unit in one experiment; those of one id are a chain.
    struct Unit {
        /// A value of ``enrollment``: the unit has no exposure in the reported phase.
        static let unseen: UInt8 = 4
        /// A value of ``enrollment`` among links: an id leads to several units, and the experiment wants no choice.
        static let ambiguous: UInt8 = 5
        /// The ``place`` of a unit of another pass, which this pass knows by its id alone.
        static let notHere = UInt32.max
        /// A value of ``experiment``: any that is not reported and goes by no links; those that do have a lower number each.
        static let elsewhere: Int32 = -1

        /// Time of the unit's first enrolled exposure in the reported phase, in µs since 1970 UTC.
        var exposedAt: Int64 = .max
        /// Place of the unit's id in the table, in words of eight bytes.
        let id: UInt32
        /// Length of the unit's id, in bytes.
        let length: UInt32
        /// The next unit of the same id, counted from 1; 0 for none.
        var next: UInt32 = 0
        /// Place of the unit among the experiment's.
        let place: UInt32
        /// The place of the experiment; negative for those that are not reported.
        let experiment: Int32
        /// Variant that the unit saw first, as the experiment's ``PassExperiment/variants`` count.
        var variant: UInt16 = 0
        /// The best of its exposures, as in the log: 0 when any is enrolled.
        var enrollment: UInt8 = unseen
        /// Whether the unit saw several variants.
        var isCrossover = false

        var isExposed: Bool { enrollment == 0 }
        var isHere: Bool { place != Self.notHere }
    }

    fileprivate struct Slot {
        var tag: UInt32 = 0
        /// The first unit of an id, counted from 1; 0 for a free slot.
        var unit: UInt32 = 0
    }

    private var slots: UnsafeMutablePointer<Slot>
    private var mask: Int
    private var idCount = 0
    private(set) var units: UnsafeMutablePointer<Unit>
    private(set) var count = 0
    private var capacity: Int
    private var words: UnsafeMutablePointer<UInt64>
    private var wordCount = 0
    private var wordCapacity: Int

    init() {
        mask = (1 << 6) - 1
        slots = .allocate(capacity: mask + 1)
        slots.initialize(repeating: Slot(), count: mask + 1)
        capacity = 1 << 10
        units = .allocate(capacity: capacity)
        wordCapacity = 1 << 12
        words = .allocate(capacity: wordCapacity)
    }

    deinit {
        slots.deallocate()
        units.deallocate()
        words.deallocate()
    }

    var isEmpty: Bool { count == 0 }

    /// The memory in use.
    var bytes: Int {
        count * MemoryLayout<Unit>.stride + wordCount * MemoryLayout<UInt64>.stride
            + (mask + 1) * MemoryLayout<Slot>.stride
    }

    /// The table as it is, to look up units without counting references; until the next unit is added.
    var lookup: Lookup { Lookup(slots: slots, mask: mask, units: units, words: words) }

    /// The id of the unit at a place among an experiment's; a walk over all units.
    func id(_ place: UInt32, experiment: Int32) -> UnitID? {
        for index in 0..<count where units[index].place == place && units[index].experiment == experiment {
            let bytes = UnsafeRawBufferPointer(
                start: words + Int(units[index].id), count: Int(units[index].length))
            return UnitID(String(decoding: bytes, as: UTF8.self))
        }
        return nil
    }

    /// A hash of a unit's id that is the same in every pass.
    func hash(of unit: Unit) -> UInt64 {
        var hash = UInt64(unit.length)
        for word in 0..<UnitKeys.wordCount(unit.length) { hash = UnitDeal.mixed(hash ^ words[Int(unit.id) + word]) }
        return hash
    }

    // MARK: Adding

    /// The unit of an id in an experiment, counted from 0; where there is none, a new one that gets the place.
    func add(
        _ key: UnitKeys.Key, _ keys: borrowing UnitKeys, experiment: Int32, place: UInt32
    ) -> (unit: Int, isNew: Bool) {
        if count == capacity { growUnits() }
        guard let slot = lookup.slot(key, keys) else {
            let id = store(key, keys)
            (units + count).initialize(
                to: Unit(id: id, length: key.length, place: place, experiment: experiment))
            count += 1
            occupy(key.tag, UInt32(count))
            return (count - 1, true)
        }
        let head = Int(slots[slot].unit) - 1
        let known = lookup.unit(of: experiment, from: UInt32(head) + 1)
        if known != 0 { return (Int(known) - 1, false) }
        (units + count).initialize(
            to: Unit(
                id: units[head].id, length: units[head].length, next: units[head].next, place: place,
                experiment: experiment))
        count += 1
        units[head].next = UInt32(count)
        return (count - 1, true)
    }

    private func store(_ key: UnitKeys.Key, _ keys: borrowing UnitKeys) -> UInt32 {
        let length = UnitKeys.wordCount(key.length)
        if wordCount + length > wordCapacity {
            let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: 2 * wordCapacity + length)
            larger.moveInitialize(from: words, count: wordCount)
            words.deallocate()
            words = larger
            wordCapacity = 2 * wordCapacity + length
        }
        (words + wordCount).initialize(from: keys.words(key), count: length)
        wordCount += length
        return UInt32(wordCount - length)
    }

    private func occupy(_ tag: UInt32, _ unit: UInt32) {
        idCount += 1
        if 4 * idCount > 3 * (mask + 1) { growSlots() }
        var slot = Int(tag) & mask
        while slots[slot].unit != 0 { slot = (slot + 1) & mask }
        slots[slot] = Slot(tag: tag, unit: unit)
    }

    private func growUnits() {
        let larger = UnsafeMutablePointer<Unit>.allocate(capacity: 2 * capacity)
        larger.moveInitialize(from: units, count: count)
        units.deallocate()
        units = larger
        capacity *= 2
    }

    private func growSlots() {
        let (old, size) = (slots, mask + 1)
        mask = 2 * size - 1
        slots = .allocate(capacity: mask + 1)
        slots.initialize(repeating: Slot(), count: mask + 1)
        for index in 0..<size where old[index].unit != 0 {
            var slot = Int(old[index].tag) & mask
            while slots[slot].unit != 0 { slot = (slot + 1) & mask }
            slots[slot] = old[index]
        }
        old.deallocate()
    }
}

extension PassUnits {
    /// A look at a table that lives as long as the table does not grow.
    struct Lookup {
        fileprivate let slots: UnsafeMutablePointer<Slot>
        fileprivate let mask: Int
        let units: UnsafeMutablePointer<Unit>
        fileprivate let words: UnsafeMutablePointer<UInt64>

        /// The first unit of the slot that an id might have, counted from 1; 0 for none.
        ///
        /// The slot is what takes the time to get; so many rows look for theirs before any looks at the unit.
        @inline(__always)
        func candidate(_ key: UnitKeys.Key) -> UInt32 {
            var slot = Int(key.tag) & mask
            while slots[slot].unit != 0, slots[slot].tag != key.tag { slot = (slot + 1) & mask }
            return slots[slot].unit
        }

        /// Place of the id of a unit, in words of eight bytes; 0 for no unit.
        @inline(__always)
        func idPlace(_ unit: UInt32) -> UInt32 { unit == 0 ? 0 : units[Int(unit) - 1].id }

        /// The first unit of an id, counted from 1; 0 for an id that is not here.
        func first(_ key: UnitKeys.Key, _ keys: borrowing UnitKeys) -> UInt32 {
            slot(key, keys).map { slots[$0].unit } ?? 0
        }

        /// The first unit of an id, counted from 1, where a candidate's id is at a place; 0 for an id that is not here.
        @inline(__always)
        func first(
            _ key: UnitKeys.Key, _ candidate: UInt32, at place: UInt32, _ keys: borrowing UnitKeys
        ) -> UInt32 {
            if units[Int(candidate) - 1].length == key.length, hasWords(at: Int(place), key, keys) { return candidate }
            return slot(key, keys).map { slots[$0].unit } ?? 0
        }

        /// The unit of an experiment among those of an id; 0 for none.
        @inline(__always)
        func unit(of experiment: Int32, from first: UInt32) -> UInt32 {
            var unit = first
            while unit != 0, units[Int(unit) - 1].experiment != experiment { unit = units[Int(unit) - 1].next }
            return unit
        }

        @inline(__always)
        private func has(_ unit: UInt32, _ key: UnitKeys.Key, _ keys: borrowing UnitKeys) -> Bool {
            let (id, length) = (Int(units[Int(unit) - 1].id), units[Int(unit) - 1].length)
            return length == key.length && hasWords(at: id, key, keys)
        }

        @inline(__always)
        private func hasWords(at place: Int, _ key: UnitKeys.Key, _ keys: borrowing UnitKeys) -> Bool {
            let (own, other) = (words + place, keys.words(key))
            var difference: UInt64 = 0
            for index in 0..<UnitKeys.wordCount(key.length) { difference |= own[index] ^ other[index] }
            return difference == 0
        }

        /// The slot of an id; nil where it has none.
        fileprivate func slot(_ key: UnitKeys.Key, _ keys: borrowing UnitKeys) -> Int? {
            var slot = Int(key.tag) & mask
            while slots[slot].unit != 0 {
                if slots[slot].tag == key.tag, has(slots[slot].unit, key, keys) { return slot }
                slot = (slot + 1) & mask
            }
            return nil
        }
    }
}
