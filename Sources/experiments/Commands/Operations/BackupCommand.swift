import ArgumentParser
import ExperimentJSON
import ExperimentStorage
import Experimentation
import SystemPackage

/// `experiments backup`: a consistent copy.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies the database while a server writes to it; the copy appears when it is complete.",
        discussion: """
            The copy is one consistent moment, on disk before the command ends, and has the mode and the group of the
            database. A file that is already there is kept.

            To put a copy back, stop the server and move the database away together with its -wal and -shm: SQLite would
            read what a crash left in them into the copy.

            EXAMPLE
              experiments backup shop-monday.db --database shop.db
            """)

    @Argument(help: "Where the copy goes.") var file: String
    @OptionGroup var options: DatabaseOptions
    @Option(help: "How to say what was copied: text or json.") var format: OutputFormat = .text

    func run() throws {
        try options.checkExistence()
        try options.translating { () throws(ExperimentError) in
            let bar = ProgressBar()
            defer { bar.clear() }
            try ExperimentReader.backUp(options.database, to: file) { written, total in
                bar.update("copying", written, of: total)
            }
        }
        if format == .json {
            let bytes = (try? Stat(FilePath(file)))?.size ?? 0
            let copy: [JSONValue.Member] = [("file", .string(file)), ("bytes", .integer(Int(bytes)))]
            return try StandardOutput.write(JSONValue.object(copy).document)
        }
        StandardError.write("Copied to \(Escaping.quoted(file)).")
    }
}
