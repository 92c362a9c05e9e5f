import Glibc

/// How this process is named to whoever finds the file locked.
enum ProcessName {
    static var current: String {
        let name = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "a process"
        return "\(name), process \(getpid())"
    }
}
