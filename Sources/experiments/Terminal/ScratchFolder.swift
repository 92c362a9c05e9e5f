import Glibc

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A folder for files of the moment, removed with everything in it when the value is released.
final class ScratchFolder {
    private let path: String

    init() throws(Failure) {
        var template = Array((FileManager.default.temporaryDirectory.path + "/experiments-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(.input, "no temporary folder can be made") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A path inside the folder.
    func file(_ name: String) -> String { path + "/" + name }
}
