import SystemPackage

#if canImport(Darwin)
    package import Darwin
#elseif canImport(Musl)
    package import Musl
#elseif canImport(Glibc)
    package import Glibc
#endif

// What tests alone ask of the C library: processes, limits, and sockets. It is the only file of the tests that imports it;
// `.ci/run` type-checks it for the platforms it is not compiled on, as it does the package's own.

/// Another process, as its parent sees it.
package enum ChildProcess {
    /// Starts a program, which is looked for in `PATH` unless it is a path, with this process's environment.
    /// - Returns: Its number.
    static func start(_ program: String, _ arguments: [String], streams: [FileDescriptor]) throws -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, file) in streams.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, file.rawValue, CInt(number))
        }
        // Dispatch blocks signals on its threads, and a child takes over what the thread blocks that starts it.
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        var texts: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for text in texts { free(text) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, program, &actions, &attributes, &texts, environ)
        if code != 0 { throw Errno(rawValue: code) }
        return process
    }

    /// Whether it has not ended yet; not to be asked after ``wait(for:)``.
    static func isRunning(_ process: pid_t) -> Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) == 0
            && information.si_signo == 0
    }

    /// Ends it, without a chance to tidy up.
    static func kill(_ process: pid_t) {
        _ = sendSignal(process, SIGKILL)
    }

    /// Asks it to end.
    static func terminate(_ process: pid_t) {
        _ = sendSignal(process, SIGTERM)
    }

    /// Waits for its end.
    /// - Returns: The exit status, or the negative number of the signal that ended the process.
    package static func wait(for process: pid_t) throws -> Int32 {
        var status: CInt = 0
        while waitpid(process, &status, 0) != process {
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
        let signal = status & 0x7f
        return signal == 0 ? status >> 8 & 0xff : -signal
    }

    /// Splits this process in two.
    /// - Returns: The child's number in the parent; 0 in the child.
    package static func split() -> pid_t { cFork() }

    /// Swift hides fork(2), since little works in a child; that little is what is tested.
    @_silgen_name("fork") private static func cFork() -> pid_t
}

private func sendSignal(_ process: pid_t, _ signal: CInt) -> CInt { kill(process, signal) }

/// The things that this process does to itself.
package enum OwnProcess {
    /// Ends at once: no buffer is written, nothing is closed.
    package static func vanish(_ code: Int32) -> Never { _exit(code) }

    /// Is ended by a signal once so many seconds are over.
    package static func end(afterSeconds seconds: UInt32) { alarm(seconds) }

    /// Writes what `print` has kept.
    package static func flushOutput() { fflush(nil) }

    /// Limits the size to which it can make a file grow.
    ///
    /// Nil takes the limit away. Writing beyond is an error, no signal.
    package static func limitFileSize(_ bytes: Int64?) throws {
        signal(SIGXFSZ, SIG_IGN)
        #if canImport(Darwin) || canImport(Musl)
            let resource = RLIMIT_FSIZE
        #else
            let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { throw Errno(rawValue: errno) }
        limit.rlim_cur = bytes.map { rlim_t($0) } ?? limit.rlim_max
        guard setrlimit(resource, &limit) == 0 else { throw Errno(rawValue: errno) }
    }
}

/// A port of this machine at which nobody listens, and nobody else can while the value lives.
package final class ClosedPort: Sendable {
    package let number: Int
    private let descriptor: CInt

    package init() {
        #if canImport(Darwin) || canImport(Musl)
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        self.descriptor = descriptor
        precondition(isBound, "no port")
        number = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }
}

/// No time to linger, so that closing a connection resets it.
package var noLinger: linger { linger(l_onoff: 1, l_linger: 0) }
