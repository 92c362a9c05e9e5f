import CExperimentZlib
import SystemPackage

/// Bytes on their way into a file, on request through gzip; memory does not grow with them.
final class ByteOutput {
    private static let capacity = 1 << 16
    /// The level of zlib, 1 to 9, that halves what level 1 does not, at half the time of level 6.
    private static let level: Int32 = 4

    private let file: FileDescriptor
    private let name: String
    private var buffer: [UInt8] = []
    // On the heap: zlib keeps its address.
    private let stream: UnsafeMutablePointer<z_stream>?

    /// - Parameters:
    ///   - file: Where the bytes go; closed by its owner.
    ///   - name: What messages call it.
    ///   - isCompressed: Whether they are compressed by gzip.
    init(_ file: FileDescriptor, named name: String, isCompressed: Bool) {
        self.file = file
        self.name = name
        guard isCompressed else {
            stream = nil
            return
        }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // Fails only for want of memory, in which Swift itself gives up.
        let status = experiments_deflate_init_gzip(stream, Self.level)
        precondition(status == Z_OK, "zlib has no memory")
        self.stream = stream
    }

    deinit {
        guard let stream else { return }
        deflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Takes bytes, and writes when there are enough.
    func write(_ bytes: some Sequence<UInt8>) throws(Failure) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.capacity { try flush(Z_NO_FLUSH) }
    }

    /// Writes what is left, and ends the compression.
    func finish() throws(Failure) { try flush(Z_FINISH) }

    private func flush(_ mode: Int32) throws(Failure) {
        var input = buffer
        buffer.removeAll(keepingCapacity: true)
        guard let stream else { return try put(input[...]) }
        var output: [UInt8] = []
        input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(input.count)
            var isEnded = false
            while !isEnded {
                let chunk = [UInt8](unsafeUninitializedCapacity: Self.capacity) { space, count in
                    stream.pointee.next_out = space.baseAddress
                    stream.pointee.avail_out = UInt32(space.count)
                    let status = deflate(stream, mode)
                    count = space.count - Int(stream.pointee.avail_out)
                    isEnded = status == Z_STREAM_END || mode == Z_NO_FLUSH && stream.pointee.avail_out > 0
                }
                output += chunk
            }
        }
        try put(output[...])
    }

    private func put(_ bytes: ArraySlice<UInt8>) throws(Failure) {
        do { _ = try file.writeAll(bytes) } catch {
            throw Failure(.input, "\(name) cannot be written: \(error)")
        }
    }
}
