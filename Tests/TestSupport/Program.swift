import Dispatch
import Glibc

/// Another program in a process of its own.
///
/// Files without a name take its streams: a pipe would fill, and block it, until somebody read. It is started by
/// `posix_spawn` since Foundation's `Process` looks every 50 ms whether its child has ended, and the tests start a thousand.
package struct Program: Sendable {
    /// A call of the system that failed.
    package struct Failure: Error {
        let call: String
        let code: Int32
    }

    /// How a run ended.
    package struct Ending: Sendable {
        /// The exit status, or the negative number of the signal that ended the process.
        package let code: Int32
        package let output: String
        package let errors: String
    }

    private let processID: pid_t
    private let output: Int32
    private let errors: Int32

    /// Starts a program, named by its path or to be looked for in `PATH`.
    ///
    /// What it writes to a file given as `output` is not part of its ending.
    package init(_ path: String, _ arguments: [String] = [], input: String = "", output outputPath: String? = nil)
        throws
    {
        let standardInput = try Self.temporaryFile()
        defer { close(standardInput) }
        try Self.write(input, to: standardInput)
        lseek(standardInput, 0, SEEK_SET)
        output = try outputPath.map { open($0, O_WRONLY | O_CLOEXEC) } ?? Self.temporaryFile()
        guard output >= 0 else { throw Failure(call: "open \(outputPath ?? "")", code: errno) }
        errors = try Self.temporaryFile()

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, file) in [standardInput, output, errors].enumerated() {
            posix_spawn_file_actions_adddup2(&actions, file, Int32(number))
        }
        // Dispatch blocks signals on its threads, and a child takes over what the thread blocks that starts it.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        var texts: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for text in texts { free(text) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, path, &actions, &attributes, &texts, environ)
        processID = process
        guard code == 0 else {
            close(output)
            close(errors)
            throw Failure(call: "posix_spawn \(path)", code: code)
        }
    }

    /// Whether it has not ended yet; not to be asked after ``wait()``.
    package var isRunning: Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(processID), &information, WEXITED | WNOHANG | WNOWAIT) == 0
            && information.si_signo == 0
    }

    /// Ends it, without a chance to tidy up.
    package func kill() {
        Glibc.kill(processID, SIGKILL)
    }

    /// Waits for its end; to be called once.
    package func wait() throws -> Ending {
        var status: Int32 = 0
        while waitpid(processID, &status, 0) != processID {
            guard errno == EINTR else { throw Failure(call: "waitpid", code: errno) }
        }
        defer {
            close(output)
            close(errors)
        }
        let signal = status & 0x7f
        return Ending(
            code: signal == 0 ? status >> 8 & 0xff : -signal, output: Self.text(of: output),
            errors: Self.text(of: errors))
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
        if !ending.errors.isEmpty { try write(ending.errors, to: 2) }
        return ending.code
    }

    // MARK: Streams

    private static func temporaryFile() throws -> Int32 {
        var template = Array("/tmp/experiments-stream-XXXXXX".utf8CString)
        let file = mkstemp(&template)
        guard file >= 0, fcntl(file, F_SETFD, FD_CLOEXEC) == 0 else { throw Failure(call: "mkstemp", code: errno) }
        unlink(template)
        return file
    }

    private static func write(_ text: String, to file: Int32) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure(call: "write", code: errno) }
            bytes = bytes.dropFirst(count)
        }
    }

    /// What a file holds; nothing for one that cannot be read, as one that was opened for writing.
    private static func text(of file: Int32) -> String {
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return "" }
        return String(
            decoding: [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
                while count < buffer.count {
                    let read = pread(file, buffer.baseAddress?.advanced(by: count), buffer.count - count, off_t(count))
                    guard read > 0 else { return }
                    count += read
                }
            }, as: UTF8.self)
    }
}
