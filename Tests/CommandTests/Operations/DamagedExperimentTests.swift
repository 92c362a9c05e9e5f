import Foundation
import TestSupport
import Testing

/// Somebody with a SQLite shell gives one experiment a goal that no goal may be.
@Suite("A damaged experiment beside a healthy one")
struct DamagedExperimentTests {
    private let tool = Tool()
    private let complaint = "experiment 'button' of the file breaks a rule: goal must not contain control characters"

    init() throws {
        try tool.define()
        try edit("UPDATE metric_role SET metric = char(7) WHERE role = 'goal'")
    }

    private func edit(_ sql: String) throws {
        try #expect(tool.shell("sqlite3 '\(tool.database)' \"\(sql)\"") == "")
    }

    @Test(
        "commands about the healthy one do as they always do",
        arguments: [
            "show banner", "start banner", "assign banner --session s", "explain banner --session s", "report banner",
            "history banner",
        ])
    func healthy(_ line: String) throws {
        let ending = try tool.bare(line.split(separator: " ").map(String.init) + ["--database", tool.database])
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(!ending.errors.contains("button"))
    }

    @Test("the healthy one can be started, shuffled anew, stopped and compared with a log")
    func changes() throws {
        for line in [["start", "banner"], ["new-phase", "banner"], ["stop", "banner", "--winner", "on"]] {
            #expect(try tool.bare(line + ["--database", tool.database]).code == 0, "\(line)")
        }
        #expect(try tool.run("assign", "banner", "--session", "s").output == "on\n")
        #expect(try tool.run("parity", "banner", "-", input: "unit_id,variant_id\ns,neither\n").code == 4)
    }

    @Test("commands about the damaged one say what is wrong", arguments: ["show", "start", "stop", "new-phase"])
    func damaged(_ command: String) throws {
        let ending = try tool.run(command, "button")
        #expect(ending.code == 2 && ending.output.isEmpty)
        #expect(ending.errors.contains(complaint), "\(ending.errors)")
    }

    @Test("list prints the others, names it, and is partial", arguments: ["text", "json"])
    func list(_ format: String) throws {
        let ending = try tool.run("list", "--format", format)
        #expect(ending.code == 3)
        #expect(ending.output.contains("banner") && !ending.output.contains("button"))
        #expect(ending.errors == "Error: \(complaint)\n")
    }

    @Test("one that has lost its phase is no unknown one, and does not meddle with reports about others")
    func withoutPhase() throws {
        try edit("UPDATE metric_role SET metric = 'purchase' WHERE role = 'goal'")
        try edit("DELETE FROM phase_variant WHERE phase_id = 2; DELETE FROM phase_definition WHERE phase_id = 2")
        for command in ["show", "history", "report"] {
            let ending = try tool.run(command, "banner")
            #expect(ending.code == 2 && ending.output.isEmpty)
            #expect(ending.errors.contains("has no phase"), "\(command): \(ending.errors)")
            #expect(try tool.run(command, "button").code == 0)
        }
        #expect(try tool.run("report").code == 3)
        let list = try tool.run("list")
        #expect(list.code == 3 && list.output.contains("button"))
        #expect(list.errors.contains("'banner' of the file has no phase"))
    }

    @Test("records of the healthy one are imported; those of the damaged one are refused, and it is said why")
    func records() throws {
        let input = "experiment,metric,kind,value,user_id,timestamp_us\nbutton,n,count,1,a,1\nbanner,n,count,2,a,1\n"
        let ending = try tool.run("import", "outcomes", "-", "--on-error", "skip", input: input)
        #expect(ending.code == 3)
        #expect(ending.errors.contains("\(complaint); lines about it are refused.\n"), "\(ending.errors)")
        #expect(try tool.sqlite("SELECT experiment, value FROM outcomes") == "banner|2")
    }

    @Test("definitions of others are applied, with a holdout too, and those of the damaged one are refused")
    func definitions() throws {
        let variants = "variants = [{ id = \"off\", is_control = true }, { id = \"on\" }]\n"
        func apply(_ id: String) throws -> Tool.Ending {
            let text = "[holdout]\nshare = 0.1\n[[experiments]]\nid = \"\(id)\"\n\(variants)"
            return try tool.run("apply", try tool.file("others.toml", text))
        }
        let ending = try apply("another")
        #expect(ending.code == 0 && ending.output.contains("experiment another: new, running"), "\(ending.errors)")
        let refused = try apply("button")
        #expect(refused.code == 2 && refused.output.isEmpty && refused.errors.contains(complaint))
    }

    @Test("a misspelt id is answered with the one that was meant, though that one cannot be read")
    func suggestion() throws {
        for command in ["show", "history", "report", "stop"] {
            let ending = try tool.run(command, "buton")
            #expect(ending.code == 2)
            #expect(ending.errors.contains("did you mean 'button'?"), "\(ending.errors)")
        }
    }
}
