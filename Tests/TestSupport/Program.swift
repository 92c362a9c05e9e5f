import ExperimentPlatform
import SystemPackage

/// Another program in a process of its own.
///
/// Files without a name take its streams: a pipe would fill, and block it, until somebody read. It is started by
/// `posix_spawn` since Foundation's `Process` looks every 50 ms whether its child has ended, and the tests start a thousand.
package struct Program: Sendable {
    /// The ending of a run.
    package struct Ending: Sendable {
        /// The exit status, or the negative number of the signal that ended the process.
        package let code: Int32
        package let output: String
        package let errors: String
    }

    /// The code of a run that ``kill()`` ended: POSIX gives SIGKILL the number 9.
    package static let killed: Int32 = -9

    private let processID: Int32
    private let output: FileDescriptor
    private let errors: FileDescriptor

    /// Starts a program, named by its path or to be looked for in `PATH`.
    ///
    /// What it writes to a file given as `output` is not part of its ending.
    package init(_ path: String, _ arguments: [String] = [], input: String = "", output outputPath: String? = nil)
        throws
    {
        let standardInput = try Self.temporaryFile()
        defer { try? standardInput.close() }
        try standardInput.writeAll(input.utf8)
        try standardInput.seek(offset: 0, from: .start)
        output =
            try outputPath.map { try FileDescriptor.open(FilePath($0), .writeOnly, options: .closeOnExec) }
            ?? Self.temporaryFile()
        errors = try Self.temporaryFile()
        do {
            processID = try ChildProcess.start(path, arguments, streams: [standardInput, output, errors])
        } catch {
            try? output.close()
            try? errors.close()
            throw error
        }
    }

    /// Whether it has not ended yet; not to be asked after ``wait()``.
    package var isRunning: Bool { ChildProcess.isRunning(processID) }

    /// Ends it, without a chance to tidy up.
    package func kill() { ChildProcess.kill(processID) }

    /// Asks it to end, by SIGTERM.
    package func terminate() { ChildProcess.terminate(processID) }

    /// Waits for its end; to be called once.
    package func wait() throws -> Ending {
        let code = try ChildProcess.wait(for: processID)
        defer {
            try? output.close()
            try? errors.close()
        }
        return Ending(code: code, output: Self.text(of: output), errors: Self.text(of: errors))
    }

    /// Runs a program to its end.
    package static func run(
        _ path: String, _ arguments: [String] = [], input: String = "", output: String? = nil
    ) throws -> Ending {
        try Program(path, arguments, input: input, output: output).wait()
    }

    /// The path of an executable of this package, which is built beside the tests.
    package static func built(_ name: String) -> String {
        let own = CommandLine.arguments[0]
        return (own.lastIndex(of: "/").map { own[...$0] } ?? "./") + name
    }

    /// Runs the executable `StoreProcess` on a thread of its own, so that the tests' pool is not blocked.
    /// - Returns: Its exit status; what it complains of goes to the tests' own standard error.
    package static func storeProcess(_ arguments: String...) async throws -> Int32 {
        let ending = try await onThread { try run(built("StoreProcess"), arguments) }
        if !ending.errors.isEmpty { try FileDescriptor.standardError.writeAll(ending.errors.utf8) }
        return ending.code
    }

    // MARK: Streams

    private static func temporaryFile() throws -> FileDescriptor {
        try FilePath("/tmp/experiments-stream").openingTemporaryFile()
    }

    /// The text of a file; empty for one that cannot be read, as one that was opened for writing.
    private static func text(of file: FileDescriptor) -> String {
        guard let status = try? Stat(file), status.type == .regular else { return "" }
        return String(
            decoding: [UInt8](unsafeUninitializedCapacity: Int(status.size)) { buffer, count in
                while count < buffer.count {
                    let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                    let read = try? file.read(fromAbsoluteOffset: Int64(count), into: rest)
                    guard let read, read > 0 else { return }
                    count += read
                }
            }, as: UTF8.self)
    }
}
