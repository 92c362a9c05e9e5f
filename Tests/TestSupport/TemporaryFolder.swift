import Foundation
import Glibc

/// A folder of its own for a test, removed with everything in it when the value is released.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() {
        var template = Array(
            (FileManager.default.temporaryDirectory.path + "/experiments-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { preconditionFailure("no temporary folder") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// A path inside the folder.
    package func file(_ name: String) -> String { path + "/" + name }
}
