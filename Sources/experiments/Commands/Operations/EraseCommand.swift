import ArgumentParser
import ExperimentDefinitions
import ExperimentReporting
import ExperimentStorage
import Experimentation

/// `experiments erase`: a person's rows, gone.
struct EraseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Removes every row of users or sessions, from the file and from its log.",
        discussion: """
            Works beside a running server or without one, and leaves a receipt that 'verify' understands. Results are \
            afterwards those of the same data without these units. Stored nights are sums over units: they stay, and \
            'history' says so. A later import leaves the units' records out. Rows of a session are removed only where it \
            is named, or where a row names an erased user too; --dry-run counts and removes nothing.

            Not reached are backups, copies that an upgrade made, and what was forwarded elsewhere; and a server that goes \
            on sending an id records it again. The exit code is 3 where a reader keeps the log from being emptied: the \
            server does it as soon as the reader is gone.

            EXAMPLE
              experiments erase --user ada --database shop.db
              experiments erase --session 5f1c --session 77b0 --dry-run --database shop.db
            """)

    @Option(name: .customLong("user"), help: "A user's id; may be given several times.") var users: [UnitID] = []
    @Option(name: .customLong("session"), help: "A session's id; may be given several times.") var sessions: [UnitID] =
        []
    @Flag(help: "Count the rows, and remove nothing.") var dryRun = false
    @OptionGroup var options: DatabaseOptions

    func validate() throws {
        guard !users.isEmpty || !sessions.isEmpty else {
            throw ValidationError("Whose rows? Give --user or --session.")
        }
    }

    func run() throws {
        let administrator = try options.administrator()
        let ids = ErasedIDs(users: users, sessions: sessions)
        if dryRun {
            let rows = try options.translating(administrator.countRows(of: ids))
            return try StandardOutput.line(
                "Would remove \(RemovalText.rows(rows.exposures, rows.outcomes, rows.links)).")
        }
        StatusLine.show("removing …")
        defer { StatusLine.clear() }
        let receipt = try options.translating(administrator.erase(ids))
        StatusLine.clear()
        try StandardOutput.line(RemovalText.line(receipt))
        guard receipt.isComplete else { throw RemovalText.copiesLeft }
    }
}

/// Receipts of removals, as people read them.
enum RemovalText {
    static let copiesLeft = Failure(
        .partial,
        "the rows are gone from the file, but a reader keeps its log (-wal), which holds copies, from being emptied: "
            + "end what reads the database, and 'experiments verify' tells when the copies are gone")

    static func line(_ removal: Removal) -> String {
        let end =
            removal.endedAt == nil ? ", interrupted" : removal.logEmptiedAt == nil ? ", copies left in the log" : ""
        return "receipt \(removal.number): \(removal.cause.rawValue) of \(removal.beganAt.rfc3339), "
            + "\(rows(removal.exposures, removal.outcomes, removal.links))\(end)"
    }

    static func rows(_ exposures: Int, _ outcomes: Int, _ links: Int) -> String {
        func counted(_ count: Int, _ word: String) -> String {
            "\(NumberText.count(count)) \(word)\(count == 1 ? "" : "s")"
        }
        return "\(counted(exposures, "exposure")), \(counted(outcomes, "outcome")) and \(counted(links, "link"))"
    }
}
