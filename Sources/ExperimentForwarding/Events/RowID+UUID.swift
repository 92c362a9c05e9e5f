import Crypto
package import Experimentation

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

extension RowID {
    /// The id as a UUID, for receivers that know a repeat by one: the same in every process and at every attempt.
    ///
    /// Source: RFC 9562, section 5.5 (version 5): SHA-1 of the file's id and the rest of the row's.
    package var uuid: UUID {
        var hash = Insecure.SHA1()
        withUnsafeBytes(of: file.uuid) { hash.update(bufferPointer: $0) }
        hash.update(data: Array(name.utf8))
        var bytes = uuid_t(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        withUnsafeMutableBytes(of: &bytes) { target in
            for (index, byte) in hash.finalize().prefix(16).enumerated() { target[index] = byte }
            target[6] = target[6] & 0x0f | 0x50
            target[8] = target[8] & 0x3f | 0x80
        }
        return UUID(uuid: bytes)
    }
}
