import Glibc

/// A file that is read from its beginning, possibly several times; it closes itself.
final class InputFile {
    /// The path as messages mention it.
    let name: String
    private let descriptor: Int32

    private init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    deinit { close(descriptor) }

    /// Opens a file.
    static func open(_ path: String) throws(Failure) -> InputFile {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, "cannot be opened", errno) }
        let file = InputFile(descriptor: descriptor, name: path)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            throw failure(path, "is a folder, not a file", 0)
        }
        return file
    }

    /// Copies all of standard input into a temporary file without a name, so that it can be read twice.
    static func standardInput() throws(Failure) -> InputFile {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/experiments-import-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure("temporary file", "cannot be created", errno) }
        unlink(template)
        let spool = InputFile(descriptor: descriptor, name: "standard input")
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = Glibc.read(STDIN_FILENO, &chunk, chunk.count)
            if count == 0 { return spool }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw failure("standard input", "cannot be read", errno)
            }
            try spool.append(chunk, count)
        }
    }

    /// Size and time of change, to notice that somebody writes to the file meanwhile.
    var version: Version {
        var status = stat()
        fstat(descriptor, &status)
        return Version(size: Int64(status.st_size), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }

    /// What changes when a file is written to.
    struct Version: Equatable {
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    /// Goes back to the beginning.
    func rewind() throws(Failure) {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw Self.failure(name, "must be a file, since it is read more than once; or give - for standard input", 0)
        }
    }

    /// Reads what comes next, as much as fits.
    /// - Returns: The number of bytes; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw Self.failure(name, "cannot be read", errno) }
        }
    }

    private func append(_ bytes: [UInt8], _ count: Int) throws(Failure) {
        var written = 0
        while written < count {
            let result = bytes.withUnsafeBytes { buffer in
                write(descriptor, buffer.baseAddress.map { $0 + written }, count - written)
            }
            if result > 0 {
                written += result
            } else if errno != EINTR {
                throw Self.failure("temporary file", "cannot be written", errno)
            }
        }
    }

    private static func failure(_ name: String, _ what: String, _ code: Int32) -> Failure {
        let reason = code == 0 ? "" : ": \(String(cString: strerror(code)))"
        return Failure(.input, "\(Escaping.visible(name)): \(what)\(reason)")
    }
}
