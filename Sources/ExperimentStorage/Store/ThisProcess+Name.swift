import ExperimentPlatform

extension ThisProcess {
    /// How this process is named to whoever finds the file locked.
    static var name: String {
        let name = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "a process"
        return "\(name), process \(id)"
    }
}
