import Crypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A SHA hash of a text that begins the same for every unit: the state after that beginning is kept.
///
/// swift-crypto keeps the state of a hash on the heap, so each use costs one allocation.
struct DigestPrefix<Hash: HashFunction & Sendable>: Sendable {
    private var state = Hash()

    /// - Parameter text: How every hashed text begins; not normalised.
    init(_ text: String) {
        text.withUTF8Bytes { state.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    }

    /// The first 8 bytes, big-endian, of the digest of the beginning and what follows it.
    func firstWord(_ text: String, _ end: StaticString = "") -> UInt64 {
        var hash = state
        text.withUTF8Bytes { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        if end.utf8CodeUnitCount > 0 {
            hash.update(
                bufferPointer: UnsafeRawBufferPointer(start: end.utf8Start, count: end.utf8CodeUnitCount))
        }
        return hash.finalize().withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) }
    }
}
