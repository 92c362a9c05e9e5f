import Foundation
import TestSupport
import Testing

@Suite("Copies that their reader may not write")
struct LoneCopyTests {
    private let tool = Tool()
    private static let canChangeUser =
        getuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")

    init() throws {
        try tool.define()
        let rows = "experiment,variant_id,user_id,timestamp\nbutton,control,a,2026-01-01T10:00:00Z\n"
        try tool.prepare("import", "exposures", try tool.file("x.csv", rows))
    }

    /// A folder with a copy of the file, which another user may read and not write.
    private func copy(_ name: String = "shop.db") throws -> String {
        let folder = tool.folder.file("ro")
        _ = try tool.shell(
            "mkdir -p '\(folder)' && cp '\(tool.database)' '\(folder)/\(name)' && chmod 644 '\(folder)'/* && chmod 755 '\(folder)'"
        )
        return "\(folder)/\(name)"
    }

    /// Runs the tool as a user who owns nothing; nil where that user may not even reach the folder.
    private func run(_ line: String) throws -> String? {
        let user = "setpriv --reuid=65534 --regid=65534 --clear-groups"
        let said = try tool.shell("\(user) '\(Tool.executable)' \(line) 2>&1; echo \"exit $?\"")
        guard !said.contains("Permission denied"), !said.contains("no database at this path") else { return nil }
        return said
    }

    @Test("alone in a folder a copy is read by every command that reads", .enabled(if: Self.canChangeUser))
    func isRead() throws {
        let path = try copy("a %3f?&#.db")
        let commands = [
            "report", "report --format json", "list", "show button", "explain button --user a", "history button",
            "verify",
            "export exposures", "assign button --user a", "size",
        ]
        for command in commands {
            guard let said = try run("\(command) --database '\(path)'") else { return }
            #expect(said.hasSuffix("exit 0\n"), "\(command): \(said)")
        }
        #expect(try run("report --format json --database '\(path)'")?.contains("\"exposed\": 1") ?? true)
        let target = TemporaryFolder()
        _ = try tool.shell("chmod 777 '\(target.file(""))'")
        for command in ["backup", "snapshot"] {
            let said = try run("\(command) '\(target.file(command + ".db"))' --database '\(path)'")
            #expect(said?.hasSuffix("exit 0\n") ?? true, "\(command): \(said ?? "")")
        }
        let change = try run("stop button --database '\(path)'")
        #expect(change?.hasSuffix("exit 2\n") ?? true, "\(change ?? "")")
    }

    @Test("with a log that is not of this folder's user a copy says what to do", .enabled(if: Self.canChangeUser))
    func saysWhatToDo() throws {
        let path = try copy()
        _ = try tool.shell("printf 'x' > '\(path)-wal' && chmod 644 '\(path)-wal'")
        let said = try run("report --database '\(path)'")
        #expect(said?.contains("read a copy that `experiments backup` makes") ?? true, "\(said ?? "")")
        #expect(said?.hasSuffix("exit 2\n") ?? true)
    }
}
