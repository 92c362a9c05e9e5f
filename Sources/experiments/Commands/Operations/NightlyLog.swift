import ArgumentParser
import ExperimentJSON
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The messages of a nightly run on standard error: nothing that went well, unless somebody watches or asked for it.
struct NightlyLog {
    /// The format of the lines.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case json
    }

    let format: Format
    let isVerbose: Bool

    /// Tells what went well, where somebody watches or asked for it.
    func info(_ message: String) {
        if isVerbose { write("info", message) }
    }

    /// Tells what went otherwise than one might think.
    func notice(_ message: String) { write("notice", message) }

    /// Tells what somebody must look into.
    func alarm(_ message: String) { write("alarm", message) }

    /// Tells what somebody can act on.
    func verdict(_ message: String) { write("verdict", message) }

    /// Tells what could not be done.
    func error(_ message: String) { write("error", message) }

    private func write(_ level: String, _ message: String) {
        switch format {
        case .text: StandardError.write(level == "info" ? message : "\(level): \(message)")
        case .json:
            let line: [JSONValue.Member] = [
                ("time", .string(Date().rfc3339)), ("level", .string(level)), ("message", .string(message)),
            ]
            StandardError.raw(JSONValue.object(line).line)
        }
    }
}
