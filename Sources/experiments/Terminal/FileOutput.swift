import Glibc

/// Writes whole texts to descriptors.
enum FileOutput {
    /// What a new file allows at most: the owner's group may read it, others not.
    private static let permissions: mode_t = 0o640

    /// Puts a text into a file: whoever looks sees the old one or the new one, whole.
    ///
    /// The mode of an own file is kept. A link at the path is replaced, never followed.
    static func replace(_ path: String, with text: String) throws(Failure) {
        let temporary = "\(path).writing-\(getpid())"
        let name = Escaping.visible(path)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, permissions)
        guard descriptor >= 0 else { throw failure(name, errno) }
        defer {
            close(descriptor)
            unlink(temporary)
        }
        try write(text, to: descriptor, named: name)
        if let kept = mode(of: path) { fchmod(descriptor, kept) }
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw failure(name, errno) }
    }

    /// What our file at a path allows; nil where there is none, or it is a link or somebody else's.
    private static func mode(of path: String) -> mode_t? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
            return nil
        }
        return status.st_mode & 0o777
    }

    /// Writes all of a text.
    static func write(_ text: String, to descriptor: Int32, named name: String) throws(Failure) {
        var text = text
        let error = text.withUTF8 { bytes -> Int32 in
            var written = 0
            while written < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                if count > 0 { written += count } else if errno != EINTR { return errno }
            }
            return 0
        }
        guard error == 0 else { throw failure(name, error) }
    }

    private static func failure(_ name: String, _ code: Int32) -> Failure {
        Failure(.input, "\(name) cannot be written: \(String(cString: strerror(code)))")
    }
}
