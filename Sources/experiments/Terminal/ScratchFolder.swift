import ExperimentPlatform
import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A folder for files of the moment, removed with everything in it when the value is released.
final class ScratchFolder {
    private let path: String

    init() throws(Failure) {
        let folder = FilePath(FileManager.default.temporaryDirectory.path)
        do {
            path = try folder.appending("experiments").makingTemporaryFolder().string
        } catch {
            throw Failure(.input, "no temporary folder can be made")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A path inside the folder.
    func file(_ name: String) -> String { path + "/" + name }
}
