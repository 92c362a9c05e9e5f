package import SystemPackage

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#elseif canImport(Glibc)
    import Glibc
#endif

// The calls of the C library that neither Swift nor swift-system has. This is the only file of the package that imports
// the C library, which each platform has under a name of its own and with types of its own; `.ci/run` refuses the import
// anywhere else but in the tests' counterpart, and type-checks this file for the platforms it is not compiled on.

extension FileDescriptor {
    /// Flushes what was written, or a folder's list of names, to the disk.
    ///
    /// On Darwin fsync(2) leaves the data in the drive's own memory, and `F_FULLFSYNC` is what reaches the medium; a file
    /// system that does not know it (an SMB share's) gets fsync(2). Source: the manual page fsync(2) of macOS.
    package func synchronize() throws {
        #if canImport(Darwin)
            if fcntl(rawValue, F_FULLFSYNC) != -1 { return }
        #endif
        try check(fsync(rawValue))
    }

    /// Sets the file's mode, whatever the umask.
    package func setPermissions(_ permissions: FilePermissions) throws {
        try check(fchmod(rawValue, mode_t(permissions.rawValue)))
    }

    /// Gives the file to a group, and to a user unless nil.
    package func setOwner(_ user: UInt32?, group: UInt32) throws {
        // The greatest number stands for "as it is", chown(2).
        try check(fchown(rawValue, user ?? .max, group))
    }

    /// Takes flock(2)'s exclusive lock if it is free.
    /// - Returns: Whether it was: false when another open file holds it.
    package func tryToLock() throws -> Bool {
        while flock(rawValue, LOCK_EX | LOCK_NB) != 0 {
            switch Errno(rawValue: errno) {
            case .wouldBlock: return false
            case .interrupted: continue
            case let error: throw error
            }
        }
        return true
    }

    /// Whether it is a terminal.
    package var isTerminal: Bool { isatty(rawValue) == 1 }

    /// Gives the terminal to another process group, so that it can ask for a password, or takes it back; where the giver has it.
    package func giveTerminal(to group: Int32, back: Bool = false) {
        let (giver, taker) = back ? (group, getpgrp()) : (getpgrp(), group)
        guard tcgetpgrp(rawValue) == giver else { return }
        // The call stops whoever is not in front; and the taker may have been stopped when it asked too early.
        let before = signal(SIGTTOU, SIG_IGN)
        tcsetpgrp(rawValue, taker)
        signal(SIGTTOU, before)
        kill(-taker, SIGCONT)
    }

    /// The columns of the terminal at this moment; nil where it is none, or does not know them.
    package var terminalColumns: Int? {
        var size = winsize()
        guard ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}

extension FilePermissions {
    /// A mode as chmod(2) takes it, such as 0o640.
    package init(mode: UInt32) { self.init(rawValue: CInterop.Mode(mode)) }
}

extension Stat {
    /// Time of the content's last change, in ns since 1970; as fine as the file system keeps it; only to be compared.
    package var modifiedNanoseconds: Int64 { Int64(st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(st_mtim.tv_nsec) }
}

// MARK: - Names of files

extension FilePath {
    /// Gives the file a second name, link(2); fails with `fileExists` where there is one of that name: nothing is replaced.
    package func addName(_ other: FilePath) throws {
        try check(withBoth(other) { link($0, $1) })
    }

    /// Gives the file another name, rename(2), in place of what had it.
    package func move(to other: FilePath) throws {
        try check(withBoth(other) { rename($0, $1) })
    }

    /// Takes the name away, unlink(2), and with its last name the file.
    package func removeName() throws {
        try check(withPlatformString { unlink($0) })
    }

    /// The path without links and dots, absolute.
    package func resolved() throws -> FilePath {
        guard let path = withPlatformString({ realpath($0, nil) }) else { throw Errno(rawValue: errno) }
        defer { free(path) }
        return FilePath(platformString: path)
    }

    /// Makes a folder of a new name that begins with the path, for this user alone.
    package func makingTemporaryFolder() throws -> FilePath {
        var template = Array((string + "-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        return FilePath(platformString: template)
    }

    /// Makes and opens a file of a new name that begins with the path, for this user alone, and takes its name away.
    package func openingTemporaryFile() throws -> FileDescriptor {
        var template = Array((string + "-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { throw Errno(rawValue: errno) }
        try FilePath(platformString: template).removeName()
        return FileDescriptor(rawValue: descriptor)
    }

    private func withBoth(
        _ other: FilePath, _ call: (UnsafePointer<CInterop.PlatformChar>, UnsafePointer<CInterop.PlatformChar>) -> CInt
    ) -> CInt {
        withPlatformString { own in other.withPlatformString { call(own, $0) } }
    }
}

// MARK: - This process

/// The process that runs, as the system knows it.
package enum ThisProcess {
    /// The process's number.
    package static var id: Int32 { getpid() }
    /// The user whose rights it has.
    package static var effectiveUserID: UInt32 { geteuid() }

    /// Whether it may give files away.
    package static var isRoot: Bool { geteuid() == 0 }
    /// A variable of its environment; nil where it is not set.
    package static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Has a shell begin a command line in a process group of its own, so that a signal reaches all that it begins.
    /// - Returns: The number of the shell, and of the group.
    package static func startShell(_ line: String, _ input: FileDescriptor, not other: FileDescriptor) throws -> Int32 {
        #if canImport(Darwin)
            var (attributes, actions): (posix_spawnattr_t?, posix_spawn_file_actions_t?)
        #else
            var (attributes, actions) = (posix_spawnattr_t(), posix_spawn_file_actions_t())
        #endif
        var signals = sigset_t()
        _ = (posix_spawnattr_init(&attributes), posix_spawn_file_actions_init(&actions), sigemptyset(&signals))
        defer { _ = (posix_spawnattr_destroy(&attributes), posix_spawn_file_actions_destroy(&actions)) }
        // Threads of Swift's pool block most signals, and whatever they start would do so, too.
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        posix_spawn_file_actions_adddup2(&actions, input.rawValue, 0)
        posix_spawn_file_actions_addclose(&actions, other.rawValue)
        var (words, process) = (["sh", "-c", line].map { (word: String) in strdup(word) }, pid_t())
        defer { for word in words { free(word) } }
        words.append(nil)
        let code = posix_spawn(&process, "/bin/sh", &actions, &attributes, words, environ)
        guard code == 0 else { throw Errno(rawValue: code) }
        return process
    }

    /// Whether a child has ended, and with which exit status; nil where a signal ended it, or it runs.
    package static func ending(of child: Int32) -> (isOver: Bool, status: Int?) {
        var status: CInt = -1
        return waitpid(child, &status, WNOHANG) == 0 ? (false, nil) : (true, exitStatus(status))
    }

    /// Asks every process of a group to end, or ends it.
    package static func end(group: Int32, atOnce: Bool) { kill(-group, atOnce ? SIGKILL : SIGTERM) }

    /// Blocks the thread.
    package static func sleep(for duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var left = timespec(tv_sec: time_t(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        // A signal ends the sleep early, and the system says how much is left of it.
        while true {
            var asked = left
            guard nanosleep(&asked, &left) != 0, errno == EINTR else { return }
        }
    }

    /// Sets its zone, by a name such as `Europe/Berlin`.
    package static func setZone(_ name: String) {
        setenv("TZ", name, 1)
        tzset()
    }

    /// The seconds since 1970 UTC of a time on the clocks of its zone: days since 1970 there, and seconds of the day.
    package static func secondsSince1970(days: Int, secondsOfDay: Int) -> Int {
        var parts = tm()
        // The system takes days beyond the month as what they come to.
        (parts.tm_year, parts.tm_mday, parts.tm_isdst) = (70, CInt(1 + days), -1)
        (parts.tm_hour, parts.tm_min) = (CInt(secondsOfDay / 3_600), CInt(secondsOfDay / 60 % 60))
        parts.tm_sec = CInt(secondsOfDay % 60)
        return Int(mktime(&parts))
    }

    /// Ends it.
    package static func end(_ code: Int32) -> Never { exit(code) }
}

/// The output of a shell's command line, read while it runs; its standard error goes nowhere.
///
/// popen(3): memory does not grow with what is printed. A command that is released before its end is waited for, after the
/// closed pipe has told it that nobody reads on.
package final class ShellOutput {
    private var stream: UnsafeMutablePointer<FILE>?

    /// Begins a command line that reads a file on its standard input, from the file's beginning.
    /// - Parameters:
    ///   - line: The command line.
    ///   - input: The file, which may have no name any more.
    /// - Throws: The system's reason where no process or pipe can be made.
    package init(of line: String, reading input: FileDescriptor) throws {
        // A new descriptor is not closed in the command, as the file's own is. Opened there by name, since dash(1) takes
        // no number above 9 after "<&"; macOS shares the offset with ours, Linux begins anew.
        try input.seek(offset: 0, from: .start)
        let copy = try input.duplicate()
        defer { try? copy.close() }
        stream = popen("(\(line)) </dev/fd/\(copy.rawValue) 2>/dev/null", "r")
        guard stream != nil else { throw Errno(rawValue: errno) }
    }

    deinit { _ = end() }

    /// Reads what comes next, as much as fits.
    /// - Returns: The number of bytes; 0 at the end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let stream else { return 0 }
        return fread(buffer.baseAddress, 1, buffer.count, stream)
    }

    /// Waits for the command's end.
    /// - Returns: Its exit status, 127 where the shell knows no such command; nil where a signal ended it.
    package func end() -> Int? {
        guard let stream else { return nil }
        self.stream = nil
        return exitStatus(pclose(stream))
    }
}

/// The exit status in what wait(2) says; nil where a signal ended the process, or there was none.
private func exitStatus(_ status: CInt) -> Int? {
    guard status >= 0, status & 0x7f == 0 else { return nil }
    return Int(status >> 8 & 0xff)
}

/// Turns a call's −1 into its reason.
private func check(_ result: CInt) throws {
    if result != 0 { throw Errno(rawValue: errno) }
}

// MARK: - Functions of real numbers

// They keep their standard names, so that a formula reads as in its source; a function that calls another of its own name
// has to say the module, and each platform's has another name.
#if canImport(Darwin)
    package func exp(_ x: Double) -> Double { Darwin.exp(x) }
    package func expm1(_ x: Double) -> Double { Darwin.expm1(x) }
    package func log(_ x: Double) -> Double { Darwin.log(x) }
    package func log1p(_ x: Double) -> Double { Darwin.log1p(x) }
    package func sinh(_ x: Double) -> Double { Darwin.sinh(x) }
    package func cosh(_ x: Double) -> Double { Darwin.cosh(x) }
    package func cos(_ x: Double) -> Double { Darwin.cos(x) }
    package func erf(_ x: Double) -> Double { Darwin.erf(x) }
    package func erfc(_ x: Double) -> Double { Darwin.erfc(x) }
    /// ln |Γ(x)|.
    package func logGamma(_ x: Double) -> Double { Darwin.lgamma(x).0 }
#elseif canImport(Musl)
    package func exp(_ x: Double) -> Double { Musl.exp(x) }
    package func expm1(_ x: Double) -> Double { Musl.expm1(x) }
    package func log(_ x: Double) -> Double { Musl.log(x) }
    package func log1p(_ x: Double) -> Double { Musl.log1p(x) }
    package func sinh(_ x: Double) -> Double { Musl.sinh(x) }
    package func cosh(_ x: Double) -> Double { Musl.cosh(x) }
    package func cos(_ x: Double) -> Double { Musl.cos(x) }
    package func erf(_ x: Double) -> Double { Musl.erf(x) }
    package func erfc(_ x: Double) -> Double { Musl.erfc(x) }
    /// ln |Γ(x)|.
    package func logGamma(_ x: Double) -> Double { Musl.lgamma(x).0 }
#elseif canImport(Glibc)
    package func exp(_ x: Double) -> Double { Glibc.exp(x) }
    package func expm1(_ x: Double) -> Double { Glibc.expm1(x) }
    package func log(_ x: Double) -> Double { Glibc.log(x) }
    package func log1p(_ x: Double) -> Double { Glibc.log1p(x) }
    package func sinh(_ x: Double) -> Double { Glibc.sinh(x) }
    package func cosh(_ x: Double) -> Double { Glibc.cosh(x) }
    package func cos(_ x: Double) -> Double { Glibc.cos(x) }
    package func erf(_ x: Double) -> Double { Glibc.erf(x) }
    package func erfc(_ x: Double) -> Double { Glibc.erfc(x) }
    /// ln |Γ(x)|.
    package func logGamma(_ x: Double) -> Double { Glibc.lgamma(x).0 }
#endif
