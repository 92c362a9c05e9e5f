import CExperimentZlib

/// Inflates a gzip file while it is read (RFC 1952), by zlib; of several members one after the other, as `cat a.gz b.gz` makes.
///
/// Memory does not grow with the file: zlib keeps 32 KiB, and so much is read at a time as ``chunk`` holds.
final class GzipStream {
    /// The bytes that a gzip file begins with.
    static let magic: [UInt8] = [0x1f, 0x8b]

    /// Why it cannot be inflated.
    enum Fault: String, Error {
        case isDamaged = "its gzip data is damaged"
        case endsEarly = "its gzip data ends in the middle: is the file whole?"
    }

    // On the heap: zlib keeps its address.
    private let stream: UnsafeMutablePointer<z_stream>
    private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 1)
    /// Whether a member has begun and not ended.
    private var isInMember = false

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // Fails only for want of memory, in which Swift itself gives up.
        let status = experiments_inflate_init_gzip(stream)
        precondition(status == Z_OK, "zlib has no memory")
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
        chunk.deallocate()
    }

    /// Begins again, for a file that is read from its beginning.
    func restart() {
        inflateReset(stream)
        stream.pointee.avail_in = 0
        isInMember = false
    }

    /// Inflates what comes next, as much as fits.
    /// - Parameters:
    ///   - output: Where it goes; fewer than 2³² bytes.
    ///   - read: Reads what comes next of the file, and returns how much; 0 at the end.
    ///   - failing: Makes the error of a fault.
    /// - Returns: The number of bytes; 0 at the end.
    /// - Throws: What `read` throws, or what `failing` makes of a fault.
    func read<Failure: Error>(
        into output: UnsafeMutableRawBufferPointer,
        from read: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int, failing: (Fault) -> Failure
    ) throws(Failure) -> Int {
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        while stream.pointee.avail_out > 0 {
            if stream.pointee.avail_in == 0 {
                let count = try read(chunk)
                guard count > 0 else {
                    if isInMember { throw failing(.endsEarly) }
                    break
                }
                stream.pointee.next_in = chunk.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_in = UInt32(count)
            }
            guard isInMember || beginMember() else { continue }
            switch inflate(stream, Z_NO_FLUSH) {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END: isInMember = false
            default: throw failing(.isDamaged)
            }
        }
        return output.count - Int(stream.pointee.avail_out)
    }

    /// Begins the next member; zeros between two and at the end are padding, as tape archives have it.
    private func beginMember() -> Bool {
        while stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0 {
            stream.pointee.next_in += 1
            stream.pointee.avail_in -= 1
        }
        guard stream.pointee.avail_in > 0 else { return false }
        inflateReset(stream)
        isInMember = true
        return true
    }
}
