import ArgumentParser
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a nightly run says on standard error: nothing that went well, unless somebody watches or asked for it.
struct NightlyLog {
    /// How lines look.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case json
    }

    private struct Line: Encodable {
        let time: String
        let level: String
        let message: String
    }

    let format: Format
    let isVerbose: Bool

    /// What went well.
    func info(_ message: String) {
        if isVerbose { write("info", message) }
    }

    /// What went otherwise than one might think.
    func notice(_ message: String) { write("notice", message) }

    /// What somebody must look into.
    func alarm(_ message: String) { write("alarm", message) }

    /// What could not be done.
    func error(_ message: String) { write("error", message) }

    private func write(_ level: String, _ message: String) {
        switch format {
        case .text: StandardError.write(level == "info" ? message : "\(level): \(message)")
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let time = RFC3339.string(microseconds: Date().microsecondsSince1970)
            guard let data = try? encoder.encode(Line(time: time, level: level, message: message)) else { return }
            StandardError.raw(Escaping.json(String(decoding: data, as: UTF8.self)) + "\n")
        }
    }
}
