import TestSupport
import Testing

@Suite("erase")
struct EraseTests {
    private let tool = Tool()

    init() throws {
        try tool.define()
        let exposures = ["ada", "bob", "cid"].map { "button,control,\($0),2026-01-05T10:00:00Z" }
        let outcomes = ["ada", "bob", "ada"].map { "button,purchase,bool,1,\($0),2026-01-06T10:00:00Z" }
        try tool.prepare(
            "import", "exposures",
            try tool.file(
                "e.csv", "experiment,variant_id,user_id,timestamp\n" + exposures.joined(separator: "\n") + "\n"))
        try tool.prepare(
            "import", "outcomes",
            try tool.file(
                "o.csv", "experiment,metric,kind,value,user_id,timestamp\n" + outcomes.joined(separator: "\n") + "\n"))
    }

    @Test("rows go with a receipt that verify understands, after a look at what would go")
    func erased() throws {
        let dry = try tool.run("erase", "--user", "ada", "--dry-run")
        #expect(dry.code == 0 && dry.output == "Would remove 1 exposure, 2 outcomes and 0 links.\n")
        #expect(try tool.sqlite("SELECT count(*) FROM exposures") == "3")
        let ending = try tool.run("erase", "--user", "ada")
        #expect(ending.code == 0 && ending.errors.isEmpty)
        #expect(ending.output.contains(/^receipt 1: erasure of 20.*Z, 1 exposure, 2 outcomes and 0 links\n$/))
        #expect(try tool.sqlite("SELECT group_concat(user_id) FROM exposures") == "bob,cid")
        let verified = try tool.run("verify")
        #expect(verified.code == 0)
        #expect(verified.output.contains("ok      removals     3 rows were removed, each counted on a receipt\n"))
        #expect(verified.output.contains("receipt 1: erasure of 20"))
    }

    @Test("a later import says how many lines of erased users it left out")
    func imported() throws {
        try tool.prepare("erase", "--user", "ada")
        let lines = ["ada", "dan"].map { "button,control,\($0),2026-01-07T10:00:00Z\n" }.joined()
        let ending = try tool.run(
            "import", "exposures", try tool.file("l.csv", "experiment,variant_id,user_id,timestamp\n" + lines))
        #expect(ending.code == 0)
        #expect(ending.errors == "1 line of erased users or sessions was left out.\nImported 1 exposure.\n")
        #expect(try tool.sqlite("SELECT group_concat(user_id) FROM exposures") == "bob,cid,dan")
    }

    @Test("nights stay, and history says that they still count who was erased")
    func nights() throws {
        try tool.prepare("nightly", "--output", tool.folder.file("r.html"))
        try tool.prepare("erase", "--user", "ada")
        let ending = try tool.run("history", "button")
        #expect(ending.code == 0)
        #expect(ending.errors.contains("the nights before still count them"))
    }
}
