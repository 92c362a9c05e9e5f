import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads a JSON text as a whole.
enum VendorFile {
    /// Reads a vendor's file, or says every problem with it.
    /// - Returns: What was read, and the paths of the fields that were not.
    static func read<Value>(
        _ json: Data, _ read: (JSONReader) -> Value
    ) throws(VendorFileError) -> (value: Value, unreadFields: [String]) {
        try [UInt8](json).withUnsafeBufferPointer { (bytes) throws(VendorFileError) in try Self.read(bytes, read) }
    }

    /// Reads a text of this library's own in the same way.
    static func read<Value>(
        _ text: String, _ read: (JSONReader) -> Value
    ) throws(VendorFileError) -> (value: Value, unreadFields: [String]) {
        let result = text.withUTF8Bytes { bytes in
            Result { () throws(VendorFileError) in try Self.read(bytes, read) }
        }
        return try result.get()
    }

    private static func read<Value>(
        _ bytes: UnsafeBufferPointer<UInt8>, _ read: (JSONReader) -> Value
    ) throws(VendorFileError) -> (value: Value, unreadFields: [String]) {
        let root = try root(bytes)
        let notes = ReadingNotes()
        let value = read(JSONReader(root, notes))
        try notes.check(root)
        return (value, notes.unreadPaths(in: root))
    }

    private static func root(_ bytes: UnsafeBufferPointer<UInt8>) throws(VendorFileError) -> JSONNode {
        do throws(JSONParser.Failure) {
            return try JSONParser.parse(bytes)
        } catch {
            throw VendorFileError([VendorProblem(path: "", reason: error.reason)])
        }
    }
}
