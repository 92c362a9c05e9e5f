import ExperimentPlatform
import Foundation
import SystemPackage

/// A folder of its own for a test, removed with everything in it when the value is released.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() {
        let name = FilePath(FileManager.default.temporaryDirectory.path).appending("experiments")
        guard let folder = try? name.makingTemporaryFolder() else { preconditionFailure("no temporary folder") }
        path = folder.string
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// A path inside the folder.
    package func file(_ name: String) -> String { path + "/" + name }
}
