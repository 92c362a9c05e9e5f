import Glibc

/// Reads small files at once.
enum WholeFile {
    private static let limit = 16 << 20

    static func bytes(_ path: String) throws(Failure) -> [UInt8] {
        let input = try InputFile.open(path)
        var bytes: [UInt8] = []
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 1)
        defer { chunk.deallocate() }
        while true {
            let count = try input.read(into: chunk)
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else { throw Failure(.input, "\(Escaping.visible(path)): is too long") }
        }
    }
}
