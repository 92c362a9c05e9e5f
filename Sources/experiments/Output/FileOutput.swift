import ExperimentPlatform
import ExperimentReporting
import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes whole texts to descriptors.
enum FileOutput {
    /// The permissions of a new file without ids of units, at most: the owner's group may read the file, others not.
    private static let permissions = FilePermissions(mode: 0o640)

    /// Puts a text into a file: whoever looks sees the old one or the new one, whole.
    ///
    /// The mode of an own file is kept, as far as its content allows. A link at the path is replaced, never followed; a device or a pipe is written to.
    /// - Parameters:
    ///   - path: The file.
    ///   - text: What it will hold.
    ///   - database: The database that the text is about, which is never replaced, nor what lies beside it; nil for none.
    ///   - isNamingUnits: Whether the text has ids of units, which only those may read then who may read the database.
    /// - Throws: A failure that names the file and the system's reason.
    static func replace(
        _ path: String, with text: String, about database: String? = nil, namingUnits isNamingUnits: Bool = false
    ) throws(Failure) {
        try replace(path, about: database, namingUnits: isNamingUnits) { (file) throws(Failure) in
            try write(text, to: file, named: Escaping.visible(path))
        }
    }

    /// Puts what a body writes into a file likewise; nothing is changed where the body fails.
    static func replace(
        _ path: String, about database: String? = nil, namingUnits isNamingUnits: Bool = false,
        writing body: (FileDescriptor) throws(Failure) -> Void
    ) throws(Failure) {
        let name = Escaping.visible(path)
        guard path != "/dev/stdout" else { return try body(.standardOutput) }
        let present = try? Stat(FilePath(path), followTargetSymlink: false)
        if let present, present.type != .regular, present.type != .symbolicLink {
            guard present.type != .directory else { throw Failure(.input, "\(name) is a folder") }
            return try explaining(name) {
                let file = try FileDescriptor.open(FilePath(path), .writeOnly, options: .closeOnExec)
                try file.closeAfter { try body(file) }
            }
        }
        if let present, let database, isOfDatabase(present, database) {
            throw Failure(.input, "\(name) is the database itself, or its log: a report must be another file")
        }
        try explaining(name) {
            let temporary = try TemporaryFile(
                beside: FilePath(path), "writing", permissions: isNamingUnits ? .ownerReadWrite : permissions)
            try body(temporary.file)
            let kept = mode(of: FilePath(path))
            if isNamingUnits {
                let original = try? database.map { try Stat(FilePath($0)) }
                if let original { temporary.file.share(as: original, within: kept ?? FilePermissions(mode: 0o666)) }
            } else if let kept {
                // Best effort: without it the file has the mode of a new one.
                try? temporary.file.setPermissions(kept)
            }
            try temporary.file.synchronize()
            try temporary.path.move(to: FilePath(path))
        }
    }

    /// Whether a file is the database or one of those that SQLite and the locks keep beside it, whatever its path.
    private static func isOfDatabase(_ status: Stat, _ database: String) -> Bool {
        ["", "-wal", "-shm", "-journal", "-owner", "-guard", "-night", "-removal"].contains { suffix in
            guard let own = try? Stat(FilePath(database + suffix)) else { return false }
            return own.inode == status.inode && own.deviceID == status.deviceID
        }
    }

    /// The permissions of our file at a path; nil where there is none, or it is a link or somebody else's.
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
        do { try calls() } catch {
            throw error as? Failure ?? Failure(.input, "\(name) cannot be written: \(error)")
        }
    }
}

/// The standard output, where data goes.
enum StandardOutput {
    /// Writes all of a text; a full disk is an error, unlike with `print`.
    static func write(_ text: String) throws(Failure) {
        try FileOutput.write(text, to: .standardOutput, named: "standard output")
    }

    /// Colours only where a person sees them and has not asked for none (<https://no-color.org>).
    static var style: TextStyle {
        let output = FileDescriptor.standardOutput
        guard output.isTerminal else { return TextStyle() }
        let isRefused = ThisProcess.environment("NO_COLOR").map { !$0.isEmpty } ?? false
        return TextStyle(isColored: !isRefused, isASCII: !isUnicode, width: output.terminalColumns)
    }

    /// Whether the locale writes UTF-8; the first variable that is set decides (POSIX, "Environment Variables").
    private static var isUnicode: Bool {
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
            guard let value = ThisProcess.environment(name), !value.isEmpty else { continue }
            let locale = value.lowercased()
            return locale.contains("utf-8") || locale.contains("utf8")
        }
        return false
    }

    /// Writes a line, in which nothing can control the terminal.
    static func line(_ text: String) throws(Failure) {
        try write(Escaping.visible(text) + "\n")
    }
}

/// The standard error, where messages and progress go.
enum StandardError {
    /// Writes a message of one or more lines, in which nothing can control the terminal.
    static func write(_ message: String) {
        raw(Escaping.lines(message) + "\n")
    }

    /// Writes a text as it is; for the progress bar's own control sequences.
    static func raw(_ text: String) {
        // Nobody is left to tell when this fails.
        try? FileOutput.write(text, to: .standardError, named: "standard error")
    }

    /// Whether a person is watching.
    static var isTerminal: Bool { FileDescriptor.standardError.isTerminal }

    /// Whether what was written can be replaced: not on a terminal that calls itself dumb, such as an editor's window.
    static var canRedraw: Bool { isTerminal && ThisProcess.environment("TERM") != "dumb" }

    /// The terminal's width of this moment; 80 where it has none.
    static var columns: Int { FileDescriptor.standardError.terminalColumns ?? 80 }
}

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
