import Experimentation

/// The identity of an input, so that the same one is not imported twice.
enum InputDigest {
    /// The digest of the bytes, their number, and what they are read as; compressed or not, a file is the same input.
    static func of(_ input: InputFile, _ log: RecordLog, _ format: InputFormat, _ bar: ProgressBar) throws(Failure)
        -> String
    {
        try input.rewind()
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 1)
        defer { chunk.deallocate() }
        var hash = DefaultHash()
        var size: Int64 = 0
        while true {
            let count = try input.read(into: chunk)
            guard count > 0 else { break }
            hash.combine(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
            size += Int64(count)
            bar.update("reading", input.position, records: nil)
        }
        return "\(log.rawValue) \(format.rawValue) \(size) \(String(hash.fmix64, radix: 16))"
    }
}
