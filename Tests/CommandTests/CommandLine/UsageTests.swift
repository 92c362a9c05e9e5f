import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import experiments

@Suite("The command line")
struct UsageTests {
    static let commands = RootCommand.configuration.subcommands.map { $0._commandName }

    @Test("the demo's file is an argument, or --database as with every other command, not both")
    func demo() throws {
        let demo = try PreparedDatabase.demo.get()
        #expect(demo.output.contains("report --format html"))
        let tool = try demo.database.copy()
        #expect(try tool.sqlite("SELECT count(*) > 1000 FROM outcome_log") == "1")
        #expect(try tool.bare(["demo", tool.folder.file("a.db"), "--database", tool.database]).code == 1)
        // Either way the file is found, which a second demo does not touch.
        for arguments in [["demo", tool.database], ["demo", "--database", tool.database]] {
            let again = try tool.bare(arguments)
            #expect(again.code == 2 && again.errors.contains("\(tool.database) is already there"))
        }
    }

    @Test("every command has help with an example of itself", arguments: commands)
    func help(_ command: String) throws {
        let ending = try Tool().bare([command, "--help"])
        #expect(ending.code == 0)
        #expect(ending.errors == "")
        #expect(ending.output.contains("EXAMPLE\n  experiments \(command)"))
        #expect(try Tool().bare(["help", command]).output == ending.output)
    }

    @Test("the overview names every command")
    func overview() throws {
        for arguments in [["--help"], ["help"], []] {
            let ending = try Tool().bare(arguments)
            #expect(ending.code == 0)
            for command in Self.commands { #expect(ending.output.contains("\n  \(command) ")) }
        }
    }

    @Test(
        "a mistake in the command line exits 1 with a message that helps",
        arguments: [
            ("aply", "did you mean 'apply'?"), ("lst -d x", "did you mean 'list'?"),
            ("xyz", "there is no command 'xyz'"),
            ("list --databse x", "did you mean '--database'?"),
            ("show a -d x --formt json", "did you mean '--format'?"),
            ("list", "--database"), ("show a -d x --format xml", "'text' and 'json'"), ("list -d x y", "'y'"),
            ("import exposure f -d x", "  - exposures\n"), ("assign a -d x", "--session"),
            ("explain a -d x", "--session"),
            ("import exposures f -d x --on-error ignore", "'stop' and 'skip'"), ("show -d x", "<experiment>"),
        ])
    func mistakes(_ mistake: (line: String, hint: String)) throws {
        let ending = try Tool().bare(mistake.line.split(separator: " ").map(String.init))
        #expect(ending.code == 1)
        #expect(ending.output == "")
        #expect(ending.errors.hasPrefix("Error: "))
        #expect(ending.errors.contains(mistake.hint))
        // Where help is found, and not a usage line longer than the screen is wide.
        #expect(!ending.errors.contains("Usage:"))
        #expect(ending.errors.contains("See 'experiments"))
    }

    @Test("it says its version and that of the files it makes")
    func version() throws {
        let tool = Tool()
        try tool.define()
        let schema = try tool.sqlite("PRAGMA user_version")
        #expect(try tool.bare(["--version"]).output == "experiments \(ToolVersion.number), schema \(schema)\n")
    }

    @Test("EXPERIMENTS_DATABASE names the file where the command line does not")
    func environment() throws {
        let tool = Tool()
        try tool.define()
        let list = try tool.run("list").output
        let line = "EXPERIMENTS_DATABASE='\(tool.database)' '\(Tool.executable)' list"
        #expect(try tool.shell(line) == list)
        #expect(try tool.shell(line + " --database nowhere").contains("nowhere: there is no database"))
        #expect(try tool.bare(["list"]).errors.contains("EXPERIMENTS_DATABASE"))
    }

    @Test("a shell is offered the ids of the file that the line names")
    func completion() throws {
        let tool = Tool()
        try tool.define()
        func offered(_ words: [String]) throws -> String {
            let script = """
                PATH='\(tool.folder.path)':$PATH; ln -sf '\(Tool.executable)' '\(tool.folder.file("experiments"))'
                source <(experiments --generate-completion-script bash)
                COMP_WORDS=(experiments show '' \(words.joined(separator: " "))); COMP_CWORD=2
                COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=17; _experiments experiments '' show; echo "${COMPREPLY[@]}"
                """
            let ending = try Program.run("bash", ["-c", script])
            return ending.output + ending.errors
        }
        #expect(try offered(["--database", tool.database]) == "button banner\n")
        #expect(try offered(["-d", tool.folder.file("none")]) == "\n")
    }

    @Test("a day as --as-of is its end")
    func day() throws {
        let tool = try PreparedDatabase.demo.get().database.copy()
        let report = try tool.run("report", "--format", "json", "--as-of", "2026-01-06")
        #expect(report.code == 0)
        #expect(report.output == (try tool.run("report", "--format", "json", "--as-of", "2026-01-07T00:00:00Z").output))
        #expect(report.output.contains("\"as_of\": \"2026-01-07T00:00:00.000000Z\""))
        #expect(try tool.run("report", "--as-of", "2026-02-30").errors.contains("a day such as"))
    }

    @Test("what a command changed can be read as JSON")
    func documents() throws {
        let tool = Tool()
        let definitions = try tool.file("definitions.toml", Tool.definitions)
        func document(_ arguments: String...) throws -> Any {
            let ending = try tool.bare(arguments + ["--database", tool.database])
            #expect(ending.code == 0 && ending.errors == "", "\(arguments): \(ending.errors)")
            return try JSONSerialization.jsonObject(with: Data(ending.output.utf8))
        }
        let applied = try #require(try document("apply", definitions, "--format", "json") as? [[String: Any]])
        #expect(applied.map { $0["state"] as? String } == ["new", "new"])
        #expect(applied.map { $0["name"] as? String } == ["button", "banner"])
        for (arguments, status) in [
            (["stop", "button", "--winner", "treatment"], "stopped"), (["start", "banner"], "running"),
        ] {
            let ending = try tool.bare(arguments + ["--format", "json", "--database", tool.database])
            let shown = try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any]
            #expect(shown?["status"] as? String == status)
        }
        let exposures = try tool.file(
            "e.csv", "experiment,variant_id,session_id,timestamp\nbanner,on,s1,2026-01-05T10:00:00Z\n")
        let imported = try document("import", "exposures", exposures, "--summary", "json") as? [String: Any]
        #expect(imported?["imported"] as? Int == 1 && imported?["is_repeated"] as? Bool == false)
        let again = try document("import", "exposures", exposures, "--summary", "json") as? [String: Any]
        #expect(again?["imported"] as? Int == 0 && again?["is_repeated"] as? Bool == true)
        let checks = try #require(try document("verify", "--format", "json") as? [[String: Any]])
        #expect(checks.allSatisfy { $0["state"] as? String != "failed" } && checks.count > 5)
        let copy = tool.folder.file("copy.db")
        let backup = try document("backup", copy, "--format", "json") as? [String: Any]
        #expect(backup?["file"] as? String == copy && (backup?["bytes"] as? Int ?? 0) > 4_096)
        let phase = try document("new-phase", "banner", "--format", "json") as? [String: Any]
        #expect(phase?["phase"] as? Int == 2)
        #expect(
            try tool.run("list", "--format", "csv").output.split(separator: "\n").map { $0.prefix(7) } == [
                "experim", "button,", "banner,",
            ])
    }

    @Test(
        "an unknown experiment exits 2 with the one that was meant",
        arguments: ["show", "start", "stop", "assign", "explain"])
    func unknownExperiment(_ command: String) throws {
        let tool = Tool()
        try tool.define()
        let more = command == "assign" || command == "explain" ? ["--user", "u"] : []
        for (typed, meant) in [("buton", "button"), ("but", "button"), ("banners", "banner")] {
            let ending = try tool.bare([command, typed, "--database", tool.database] + more)
            #expect(ending.code == 2)
            #expect(ending.errors == "Error: there is no experiment '\(typed)'; did you mean '\(meant)'?\n")
        }
        let ending = try tool.bare([command, "zzz", "--database", tool.database] + more)
        #expect(ending.errors == "Error: there is no experiment 'zzz'\n")
        let winner = try tool.run("stop", "button", "--winner", "tretment")
        #expect(winner.code == 2)
        #expect(winner.errors.contains("did you mean 'treatment'?"))
    }

    @Test("a file that cannot be a database is refused with a sentence that says what it is")
    func strangeFiles() throws {
        let tool = Tool()
        func refusal(_ path: String) throws -> String {
            let ending = try tool.bare(["list", "--database", path])
            #expect(ending.code == 2)
            return ending.errors
        }
        #expect(try refusal(tool.folder.file("missing")).contains("no database at this path"))
        #expect(try refusal(tool.file("empty", "")).contains("empty"))
        #expect(try refusal(tool.file("text", "hello, world, this is no database")).contains("not a SQLite database"))
        #expect(try refusal(tool.folder.path) == "Error: \(tool.folder.path): this is a folder, not a database file\n")
    }

    @Test("control characters from outside never reach the terminal")
    func escaping() throws {
        let tool = Tool()
        try tool.define()
        let evil = "x\u{1b}[31m\u{9b}2J\u{202e}\r\n\u{7}"
        let endings = [
            try tool.bare([evil]), try tool.run("show", evil), try tool.run("list", "--\(evil)"),
            try tool.run("apply", evil), try tool.run("import", "exposures", evil),
            try tool.run("import", evil, "x"), try tool.bare(["list", "--database", evil]),
            try tool.run("import", "exposures", try tool.file("evil.csv", "\"\(evil)\",user_id\n")),
            try tool.run("import", "exposures", try tool.file("evil.ndjson", "{\"x\\u001b[31m\": 1}")),
            try tool.run("apply", try tool.file("evil.toml", "\"x\\u001b[31m\" = 1")),
        ]
        for ending in endings {
            #expect(ending.code == 1 || ending.code == 2)
            let text = ending.output + ending.errors
            #expect(text.contains("\\u{1b}[31m"))
            #expect(
                !text.unicodeScalars.contains {
                    ($0.value < 0x20 && $0 != "\n") || 0x7f..<0xa0 ~= $0.value || $0.value == 0x202e
                })
        }
    }

    @Test("output that cannot be written is an error")
    func fullDisk() throws {
        let tool = Tool()
        try tool.define()
        let ending = try Program.run(Tool.executable, ["list", "--database", tool.database], output: "/dev/full")
        #expect(ending.code == 2)
        #expect(ending.errors.contains("standard output cannot be written"))
    }
}
