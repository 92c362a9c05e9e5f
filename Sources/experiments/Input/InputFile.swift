import ExperimentPlatform
import SystemPackage

/// A file that is read from its beginning, possibly several times.
///
/// A file that gzip or zstd made is inflated. The file is closed with its owner.
final class InputFile {
    /// The path as messages mention it.
    let name: String
    private let file: FileDescriptor
    private var content = Content.plain
    /// Bytes of the file read since its beginning, compressed as they are there.
    private(set) var position: Int64 = 0

    /// The form in which the file holds what is read of it.
    private enum Content {
        case plain
        case gzip(GzipStream)
        case zstd(ZstdStream)
    }

    private init(_ file: FileDescriptor, name: String) {
        self.file = file
        self.name = name
    }

    deinit { try? file.close() }

    /// Opens a file.
    static func open(_ path: String) throws(Failure) -> InputFile {
        let input = try explaining(path, "cannot be opened") {
            InputFile(try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec), name: path)
        }
        guard let status = try? Stat(input.file), status.type != .directory else {
            throw failure(path, "is a folder, not a file")
        }
        try input.findContent()
        return input
    }

    /// Copies all of standard input into a temporary file without a name, so that it can be read twice.
    static func standardInput() throws(Failure) -> InputFile {
        let folder = FilePath(ThisProcess.environment("TMPDIR") ?? "/tmp")
        let copy = try explaining("temporary file", "cannot be created") {
            InputFile(try folder.appending("experiments-import").openingTemporaryFile(), name: "standard input")
        }
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = try explaining("standard input", "cannot be read") {
                try chunk.withUnsafeMutableBytes { try FileDescriptor.standardInput.read(into: $0) }
            }
            if count == 0 {
                try copy.findContent()
                return copy
            }
            try explaining("temporary file", "cannot be written") { _ = try copy.file.writeAll(chunk[..<count]) }
        }
    }

    /// Size and time of change, to notice that somebody writes to the file meanwhile.
    var version: Version {
        let status = try? Stat(file)
        return Version(size: status?.size ?? 0, modifiedNanoseconds: status?.modifiedNanoseconds ?? 0)
    }

    /// The facts that change when a file is written to.
    struct Version: Equatable {
        let size: Int64
        let modifiedNanoseconds: Int64
    }

    /// Goes back to the beginning.
    func rewind() throws(Failure) {
        do { try file.seek(offset: 0, from: .start) } catch {
            throw Self.failure(name, "must be a file, since it is read more than once; or give - for standard input")
        }
        position = 0
        switch content {
        case .plain: break
        case .gzip(let stream): stream.restart()
        case .zstd(let stream): stream.restart()
        }
    }

    /// Reads what comes next, as much as fits.
    /// - Returns: The number of bytes; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        switch content {
        case .plain: return try readBytes(into: buffer)
        case .gzip(let stream):
            return try stream.read(into: buffer) { (chunk) throws(Failure) in
                try readBytes(into: chunk)
            } failing: { fault in
                Self.failure(name, fault.rawValue)
            }
        case .zstd(let stream):
            do throws(ZstdStream.Fault) { return try stream.read(into: buffer) } catch {
                throw Self.failure(name, Self.sentence(error, name))
            }
        }
    }

    private static func sentence(_ fault: ZstdStream.Fault, _ name: String) -> String {
        switch fault {
        case .hasNoProgram:
            "is compressed with zstd, and the program zstd that reads it is not here: install it (apt-get install zstd, "
                + "brew install zstd), or import what it was before"
        case .isDamaged: "its zstd data is damaged, or ends in the middle: zstd -t says why"
        case .cannotBegin: "is compressed with zstd, and the program zstd cannot be started"
        }
    }

    private func readBytes(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        let count = try Self.explaining(name, "cannot be read") { try file.read(into: buffer) }
        position += Int64(count)
        return count
    }

    /// Looks at the first bytes: names say little, and standard input has none.
    private func findContent() throws(Failure) {
        let start = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 1)
        defer { start.deallocate() }
        try rewind()
        let bytes = start[..<(try readBytes(into: start))]
        if bytes.starts(with: GzipStream.magic) { content = .gzip(GzipStream()) }
        if ZstdStream.isBeginning(bytes) { content = .zstd(ZstdStream(file)) }
    }

    private static func explaining<Value>(
        _ name: String, _ what: String, _ calls: () throws -> Value
    ) throws(Failure) -> Value {
        do { return try calls() } catch { throw failure(name, "\(what): \(error)") }
    }

    private static func failure(_ name: String, _ sentence: String) -> Failure {
        Failure(.input, "\(Escaping.visible(name)): \(sentence)")
    }
}

// MARK: Small files

extension InputFile {
    /// The longest configuration of a vendor, in bytes: to read one whole takes up to 30 times its length of memory.
    static let longestConfiguration = 32 << 20

    /// All bytes of a file of at most 16 MiB.
    static func bytes(of path: String) throws(Failure) -> [UInt8] { try open(path).bytes(atMost: 16 << 20) }

    /// All bytes, from the beginning; what cannot be read piece by piece has a limit, a whole number of MiB.
    func bytes(atMost limit: Int) throws(Failure) -> [UInt8] {
        try rewind()
        var bytes: [UInt8] = []
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 1)
        defer { chunk.deallocate() }
        while true {
            let count = try read(into: chunk)
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else {
                throw Self.failure(name, "is longer than \(limit >> 20) MiB, and would have to be read as a whole")
            }
        }
    }
}
