import Foundation

/// A database that is made once, by runs of the tool, and copied for each test that begins with it.
///
/// A run of the tool takes a hundred times as long as a copy.
package struct PreparedDatabase: Sendable {
    private let bytes: Data

    /// Makes it; whatever the tool leaves beside the database is not part of it.
    package init(_ make: (Tool) throws -> Void) throws {
        let tool = Tool()
        try make(tool)
        let log = try? Data(contentsOf: URL(filePath: tool.database + "-wal"))
        guard log?.isEmpty ?? true else { throw Tool.Failure(arguments: [], errors: "the log was left behind") }
        bytes = try Data(contentsOf: URL(filePath: tool.database))
    }

    /// A tool with a database of its own that begins with these contents.
    package func copy() throws -> Tool {
        let tool = Tool()
        try copy(to: tool)
        return tool
    }

    package func copy(to tool: Tool) throws {
        try bytes.write(to: URL(filePath: tool.database))
        // As the tool makes its files.
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: tool.database)
    }

    /// The file that `experiments demo` makes, and what the demo prints.
    package static let demo = Result {
        var output = ""
        let database = try PreparedDatabase { tool in
            let ending = try tool.bare(["demo", tool.database])
            guard ending.code == 0 else { throw Tool.Failure(arguments: ["demo"], errors: ending.errors) }
            output = ending.output
        }
        return (database: database, output: output)
    }

    /// A new file with the definitions that most tests use.
    static let defined = Result {
        try PreparedDatabase { try $0.prepare("apply", try $0.file("definitions.toml", Tool.definitions)) }
    }
}
