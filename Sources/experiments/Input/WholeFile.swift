/// Reads small files at once.
enum WholeFile {
    static func bytes(_ path: String) throws(Failure) -> [UInt8] {
        try bytes(InputFile.open(path), limit: 16 << 20)
    }

    static func bytes(_ input: InputFile, limit: Int) throws(Failure) -> [UInt8] {
        try input.rewind()
        var bytes: [UInt8] = []
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 1)
        defer { chunk.deallocate() }
        while true {
            let count = try input.read(into: chunk)
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else { throw Failure(.input, "\(Escaping.visible(input.name)): is too long") }
        }
    }
}
