import Foundation
import TestSupport

/// A folder with a database, and the built tool to run on it.
struct Tool {
    /// How a run ended.
    struct Ending {
        let code: Int32
        let output: String
        let errors: String
    }

    /// The executable lies beside the tests'.
    static let executable = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appendingPathComponent("experiments")

    let folder = TemporaryFolder()

    var database: String { folder.file("shop.db") }

    /// Runs the tool with exactly these arguments.
    func bare(_ arguments: [String], input: String = "") throws -> Ending {
        let inputFile = folder.file("standard-input")
        try Data(input.utf8).write(to: URL(fileURLWithPath: inputFile))
        return try Self.run(Self.executable, arguments, inputFile, folder)
    }

    /// Runs the tool on the database.
    func run(_ arguments: String..., input: String = "") throws -> Ending {
        try bare(arguments + ["--database", database], input: input)
    }

    /// Writes a file into the folder, and returns its path.
    func file(_ name: String, _ text: String) throws -> String {
        try file(name, Data(text.utf8))
    }

    func file(_ name: String, _ data: Data) throws -> String {
        try data.write(to: URL(fileURLWithPath: folder.file(name)))
        return folder.file(name)
    }

    /// What the plain `sqlite3` shell answers.
    func sqlite(_ sql: String) throws -> String {
        let nothing = try file("nothing", "")
        let ending = try Self.run(
            URL(fileURLWithPath: "/usr/bin/env"), ["sqlite3", "-readonly", database, sql], nothing, folder)
        return ending.output.trimmingCharacters(in: .whitespacesAndNewlines) + ending.errors
    }

    /// What a line typed into a shell prints.
    func shell(_ line: String) throws -> String {
        let nothing = try file("nothing", "")
        let ending = try Self.run(URL(fileURLWithPath: "/bin/sh"), ["-c", line], nothing, folder)
        return ending.output + ending.errors
    }

    /// Applies the definitions that most tests use.
    func define(_ more: String = "") throws {
        let ending = try run("apply", try file("definitions.toml", Self.definitions + more))
        guard ending.code == 0 else { throw CocoaError(.fileWriteUnknown, userInfo: ["errors": ending.errors]) }
    }

    static let definitions = """
        [[experiments]]
        id = "button"
        variants = [{ id = "control", weight = 50, is_control = true }, { id = "treatment", weight = 50.0 }]
        goals = ["purchase"]
        guardrails = [{ metric = "latency_ms", margin = 0.02 }]

        [[experiments]]
        id = "banner"
        status = "draft"
        unit = "session"
        variants = [{ id = "off", is_control = true }, { id = "on" }]

        """

    /// Runs the tool with its output into a given file.
    static func run(_ arguments: [String], output: String, _ folder: TemporaryFolder) throws -> Ending {
        try run(executable, arguments, "/dev/null", folder, output: output)
    }

    /// Files for the streams rather than pipes, which a long output would fill.
    private static func run(
        _ executable: URL, _ arguments: [String], _ input: String, _ folder: TemporaryFolder, output: String? = nil
    ) throws -> Ending {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        let outputFile = folder.file("standard-output")
        let errorFile = folder.file("standard-error")
        for path in [outputFile, errorFile] { try Data().write(to: URL(fileURLWithPath: path)) }
        process.standardInput = FileHandle(forReadingAtPath: input)
        process.standardOutput = FileHandle(forWritingAtPath: output ?? outputFile)
        process.standardError = FileHandle(forWritingAtPath: errorFile)
        try process.run()
        process.waitUntilExit()
        return Ending(
            code: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: try String(contentsOfFile: outputFile, encoding: .utf8),
            errors: try String(contentsOfFile: errorFile, encoding: .utf8))
    }
}
