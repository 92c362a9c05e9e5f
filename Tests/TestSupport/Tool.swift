package import Foundation

/// A folder with a database, and the built tool to run on it.
package struct Tool: Sendable {
    package typealias Ending = Program.Ending

    /// A run that failed and must not, since a test rests on it.
    package struct Failure: Error {
        let arguments: [String]
        let errors: String
    }

    package static let executable = Program.built("experiments")

    package let folder = TemporaryFolder()

    package init() {}

    package var database: String { folder.file("shop.db") }

    /// Runs the tool with exactly these arguments.
    package func bare(_ arguments: [String], input: String = "") throws -> Ending {
        try Program.run(Self.executable, arguments, input: input)
    }

    /// Runs the tool on the database.
    package func run(_ arguments: String..., input: String = "") throws -> Ending {
        try bare(arguments + ["--database", database], input: input)
    }

    /// Runs the tool on the database.
    package func run(_ arguments: [String]) throws -> Ending {
        try bare(arguments + ["--database", database])
    }

    /// Runs the tool on the database for what a test begins with.
    /// - Throws: ``Failure`` when it does not end with 0.
    package func prepare(_ arguments: String...) throws { try prepare(arguments) }

    /// Runs the tool on the database likewise.
    package func prepare(_ arguments: [String]) throws {
        let ending = try bare(arguments + ["--database", database])
        guard ending.code == 0 else { throw Failure(arguments: arguments, errors: ending.errors) }
    }

    /// Starts the tool on the database, so that it can be killed.
    package func start(_ arguments: String...) throws -> Program {
        try Program(Self.executable, arguments + ["--database", database])
    }

    /// Writes a file into the folder, and returns its path.
    package func file(_ name: String, _ text: String) throws -> String {
        try file(name, Data(text.utf8))
    }

    package func file(_ name: String, _ data: Data) throws -> String {
        try data.write(to: URL(filePath: folder.file(name)))
        return folder.file(name)
    }

    /// The answer of the plain `sqlite3` shell.
    package func sqlite(_ sql: String) throws -> String {
        let ending = try Program.run("sqlite3", ["-readonly", database, sql])
        let shown = ending.output.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        return String(shown) + ending.errors
    }

    /// The text that a line typed into a shell prints.
    package func shell(_ line: String) throws -> String {
        let ending = try Program.run("/bin/sh", ["-c", line])
        return ending.output + ending.errors
    }

    /// Applies the definitions that most tests use.
    package func define(_ more: String = "") throws {
        guard !more.isEmpty || FileManager.default.fileExists(atPath: database) else {
            return try PreparedDatabase.defined.get().copy(to: self)
        }
        try prepare("apply", try file("definitions.toml", Self.definitions + more))
    }

    package static let definitions = """
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
}
