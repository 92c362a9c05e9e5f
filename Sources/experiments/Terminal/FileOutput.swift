import ExperimentPlatform
import SystemPackage

/// Writes whole texts to descriptors.
enum FileOutput {
    /// What a new file allows at most: the owner's group may read it, others not.
    private static let permissions = FilePermissions(mode: 0o640)

    /// Puts a text into a file: whoever looks sees the old one or the new one, whole.
    ///
    /// The mode of an own file is kept. A link at the path is replaced, never followed.
    static func replace(_ path: String, with text: String) throws(Failure) {
        let temporary = FilePath("\(path).writing-\(ThisProcess.id)")
        let name = Escaping.visible(path)
        try explaining(name) {
            let file = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: permissions)
            defer { try? temporary.removeName() }
            try file.closeAfter {
                try file.writeAll(text.utf8)
                // Best effort: without it the file has the mode of a new one.
                if let kept = mode(of: FilePath(path)) { try? file.setPermissions(kept) }
                try file.synchronize()
                try temporary.move(to: FilePath(path))
            }
        }
    }

    /// What our file at a path allows; nil where there is none, or it is a link or somebody else's.
    private static func mode(of path: FilePath) -> FilePermissions? {
        guard let status = try? Stat(path, followTargetSymlink: false), status.type == .regular,
            status.userID.rawValue == ThisProcess.effectiveUserID
        else { return nil }
        return status.permissions.intersection(FilePermissions(mode: 0o777))
    }

    /// Writes all of a text.
    static func write(_ text: String, to file: FileDescriptor, named name: String) throws(Failure) {
        try explaining(name) { _ = try file.writeAll(text.utf8) }
    }

    private static func explaining(_ name: String, _ calls: () throws -> Void) throws(Failure) {
        do { try calls() } catch { throw Failure(.input, "\(name) cannot be written: \(error)") }
    }
}
