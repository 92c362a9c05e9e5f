import SystemPackage

/// Calls of the system whose failures become sentences.
enum SystemCall {
    /// Makes calls, and says of one that fails what could not be done, and the system's reason.
    static func explaining<Value: ~Copyable>(_ sentence: String, _ calls: () throws -> Value) throws -> Value {
        do { return try calls() } catch let reason as Errno { throw StorageFailure.file("\(sentence): \(reason)") }
    }
}
