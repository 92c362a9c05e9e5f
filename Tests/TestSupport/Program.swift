import Dispatch
import Glibc

/// Another program, run to its end on a thread of its own, so that the tests' pool is not blocked.
package enum Program {
    package struct Failure: Error {
        let code: Int32
    }

    /// Runs a program; what it says on standard output is thrown away.
    /// - Returns: Its exit status, or 256 and the signal that ended it.
    package static func run(_ path: String, _ arguments: [String]) async throws -> Int32 {
        try await withUnsafeThrowingContinuation { continuation in
            DispatchQueue(label: "test.program").async {
                continuation.resume(with: Result { try runBlocking(path, arguments) })
            }
        }
    }

    /// Runs the executable `StoreProcess`, which is built beside the tests.
    package static func storeProcess(_ arguments: String...) async throws -> Int32 {
        let own = CommandLine.arguments[0]
        let folder = own.lastIndex(of: "/").map { own[..<$0] } ?? "."
        return try await run(folder + "/StoreProcess", arguments)
    }

    private static func runBlocking(_ path: String, _ arguments: [String]) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        var texts: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for text in texts { free(text) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, path, &actions, nil, &texts, environ)
        guard code == 0 else { throw Failure(code: code) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) != process {
            guard errno == EINTR else { throw Failure(code: errno) }
        }
        let signal = status & 0x7f
        return signal == 0 ? status >> 8 & 0xff : 256 + signal
    }
}
