/// The default assignment hash `fnv1a64-fmix64`: bytes in, a point in 0…1 out.
///
/// A value holds the state after some bytes, so the state after an experiment's name can be kept and reused.
///
/// FNV-1a alone mixes its high bits poorly: its top bits put 1 % of `user1` … `user1000` into one variant of a 50/50 test.
/// Murmur3's finaliser repairs that.
///
/// Source: G. Fowler, L. C. Noll, K.-P. Vo, "The FNV Non-Cryptographic Hash Algorithm" (64-bit FNV-1a: offset basis
/// 0xcbf29ce484222325, prime 0x100000001b3); A. Appleby, MurmurHash3 (`fmix64`), public domain.
public struct DefaultHash: Sendable, Hashable {
    /// The FNV-1a hash of the bytes so far.
    public private(set) var fnv1a64: UInt64 = 0xcbf2_9ce4_8422_2325

    /// The state before any byte.
    public init() {}

    /// The state after the UTF-8 bytes of a text.
    /// - Parameter text: The text; not normalised.
    public init(_ text: String) {
        combine(text)
    }

    /// The state after a name and the colon that ends it.
    init(name: String) {
        combine(name)
        combine(":")
    }

    /// Hashes the UTF-8 bytes of a text; no allocation.
    /// - Parameter text: The text; not normalised.
    public mutating func combine(_ text: String) {
        fnv1a64 = text.withBytes { bytes in
            bytes.reduce(fnv1a64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        }
    }

    /// Hashes a text into several states at once, which takes a processor about as long as one; no allocation.
    ///
    /// Each multiplication waits for the one before it in its own state, but not for those of the other states.
    static func combine(
        _ text: String, into first: inout DefaultHash, _ second: inout DefaultHash, _ third: inout DefaultHash
    ) {
        let prime: UInt64 = 0x0000_0100_0000_01b3
        (first.fnv1a64, second.fnv1a64, third.fnv1a64) = text.withBytes { bytes in
            var (a, b, c) = (first.fnv1a64, second.fnv1a64, third.fnv1a64)
            for byte in bytes {
                a = (a ^ UInt64(byte)) &* prime
                b = (b ^ UInt64(byte)) &* prime
                c = (c ^ UInt64(byte)) &* prime
            }
            return (a, b, c)
        }
    }

    /// Hashes raw bytes.
    package mutating func combine(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes { fnv1a64 = (fnv1a64 ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }

    /// The hash after murmur3's finaliser.
    public var fmix64: UInt64 {
        var mixed = fnv1a64
        mixed = (mixed ^ (mixed >> 33)) &* 0xff51_afd7_ed55_8ccd
        mixed = (mixed ^ (mixed >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return mixed ^ (mixed >> 33)
    }

    /// The bytes' place in 0…1, 1 excluded: the top 53 bits of ``fmix64``, which a double holds exactly.
    public var point: Double { Double(fmix64 >> 11) * 0x1p-53 }

    /// The point of a unit in an experiment: of the bytes `experiment:unit`.
    /// - Parameters:
    ///   - experiment: The experiment's id, or another seed.
    ///   - unitID: The unit's id.
    /// - Returns: A point in 0…1, 1 excluded.
    public static func point(experiment: String, unitID: String) -> Double {
        var hash = DefaultHash(name: experiment)
        hash.combine(unitID)
        return hash.point
    }
}
