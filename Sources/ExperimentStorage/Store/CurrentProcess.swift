import Glibc

/// The process that this code runs in.
enum CurrentProcess {
    /// Its number; a forked child has another number than its parent.
    static var number: Int32 { getpid() }

    /// How it is named to whoever finds the file locked.
    static var name: String {
        let name = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "a process"
        return "\(name), process \(number)"
    }

    /// Blocks the thread.
    static func sleep(milliseconds: UInt32) { usleep(milliseconds * 1_000) }
}
