import ExperimentPlatform

extension ThisProcess {
    /// The name of this process, for whoever finds the file locked.
    static var name: String {
        let name = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "a process"
        return "\(name), process \(id)"
    }
}
