import Glibc

/// Writes whole texts to descriptors.
enum FileOutput {
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
        guard error == 0 else {
            throw Failure(.input, "\(name) cannot be written: \(String(cString: strerror(error)))")
        }
    }
}
