import CExperimentZlib

@testable import ExperimentForwarding

extension Gzip {
    struct Failure: Error {
        let code: Int32
    }

    /// The bytes that a receiver makes of a compressed body.
    static func decompressed(_ bytes: [UInt8]) throws -> [UInt8] {
        var stream = z_stream()
        guard experiments_inflate_init_gzip(&stream) == Z_OK else { throw Failure(code: Z_MEM_ERROR) }
        defer { inflateEnd(&stream) }
        var input = bytes
        var output: [UInt8] = []
        return try input.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            var part = [UInt8](repeating: 0, count: 65_536)
            while true {
                let (code, count) = part.withUnsafeMutableBufferPointer { part in
                    stream.next_out = part.baseAddress
                    stream.avail_out = UInt32(part.count)
                    let code = inflate(&stream, Z_NO_FLUSH)
                    return (code, part.count - Int(stream.avail_out))
                }
                output += part[..<count]
                if code == Z_STREAM_END { return output }
                guard code == Z_OK, count > 0 || stream.avail_in > 0 else { throw Failure(code: code) }
            }
        }
    }
}
