import Experimentation
import TestSupport
import Testing

@Suite("Rearrangements by command")
struct RearrangementTests {
    private static func experiment(_ id: String, _ range: String, _ more: String = "") -> String {
        """
        [[experiments]]
        id = "\(id)"
        variants = [{ id = "control", is_control = true }, { id = "treatment" }]
        namespace = { name = "page", range = \(range) }
        \(more)

        """
    }

    @Test("a swap is planned with whom it moves, refused without a new phase, and applied with one")
    func swap() throws {
        let tool = Tool()
        let halves = Self.experiment("b", "[0.5, 1]") + Self.experiment("a", "[0, 0.5]")
        #expect(try tool.run("apply", try tool.file("halves.toml", halves)).code == 0)
        let units = (0..<200).map { "u\($0)" }
        let rows = units.flatMap { unit in ["a", "b"].map { "\($0),control,\(unit),2026-02-01T00:00:00Z\n" } }
        let log = "experiment,variant_id,user_id,timestamp\n" + rows.joined()
        #expect(try tool.run("import", "exposures", "-", input: log).code == 0)
        let before = try tool.sqlite(".dump")
        let swapped = try tool.file(
            "swapped.toml", Self.experiment("a", "[0.5, 1]") + Self.experiment("b", "[0, 0.5]"))

        let refused = try tool.run("apply", swapped)
        #expect(refused.code == 2 && refused.output == "")
        #expect(refused.errors.contains("namespace of 'a' cannot change once it has run"))
        #expect(refused.errors.contains("namespace of 'b' cannot change once it has run"))
        let low = units.count { DefaultHash("page:\($0):namespace").point < 0.5 }
        func line(_ id: String, left: Int, joined: Int) -> String {
            func share(_ count: Int) -> String {
                "\(count) (\("\(Double(count) / 2)".replacing(".0", with: "")) %)"
            }
            return "experiment \(id): changed: namespace, new phase 2; of 200 units seen 0 (0 %) get another variant, "
                + "\(share(left)) drop out, \(share(joined)) come in\n"
        }
        let lines = line("a", left: low, joined: 200 - low) + line("b", left: 200 - low, joined: low)
        #expect(try tool.run("apply", swapped, "--dry-run", "--new-phase").output == lines)
        #expect(try tool.sqlite(".dump") == before)
        #expect(try tool.run("apply", swapped, "--new-phase").output == lines)
        #expect(
            try tool.sqlite("SELECT experiment, phase, range_start FROM phases")
                == "b|1|0.5\nb|2|0.0\na|1|0.0\na|2|0.5")
        #expect(try tool.run("apply", swapped).output == "experiment a: unchanged\nexperiment b: unchanged\n")
    }

    @Test("every conflict of a namespace is told at once, with every other refusal, and nothing is applied")
    func conflicts() throws {
        let tool = Tool()
        try tool.define(Self.experiment("a", "[0, 0.5]"))
        let before = try tool.sqlite(".dump")
        let text =
            Tool.definitions.replacing("weight = 50,", with: "weight = 90,") + Self.experiment("fine", "[0.9, 1]")
            + Self.experiment("low", "[0.4, 0.6]") + Self.experiment("wide", "[0, 1]")
            + Self.experiment("visits", "[0.6, 0.7]", "unit = \"session\"")
            + "[[experiments]]\nid = \"a\"\nalgorithm = \"md5\"\nvariants = [{ id = \"control\", is_control = true }]\n"
        let file = try tool.file("conflicts.toml", text + "namespace = { name = \"page\", range = [0, 0.5] }\n")
        for arguments in [[], ["--dry-run"]] {
            let ending = try tool.bare(["apply", file, "--database", tool.database] + arguments)
            #expect(ending.code == 2)
            for message in [
                "weights of 'button' cannot change once it has run",
                "namespace range of 'low' must not overlap that of 'a'",
                "namespace range of 'wide' must not overlap that of 'a'",
                "namespace range of 'wide' must not overlap that of 'fine'",
                "namespace range of 'wide' must not overlap that of 'low'",
                "namespace of 'visits' (unit session) must not be that of 'a' (unit user)",
                "algorithm of 'a' must be one of", "algorithm, variants of 'a' cannot change once it has run",
            ] {
                #expect(ending.errors.contains(message), "\(message): \(ending.errors)")
            }
        }
        #expect(try tool.sqlite(".dump") == before)
    }

    @Test("a holdout says which running experiments are not under it and what to do, also in a dry run")
    func holdout() throws {
        let tool = Tool()
        try tool.define(Self.experiment("page one", "[0, 1]"))
        let file = try tool.file("holdout.toml", "[holdout]\nshare = 0.1\n")
        func line(_ id: String, _ word: String, _ own: String = "none") -> String {
            "  experiment \(id) is not under it: its phase keeps the holdout it began with (\(own)); "
                + "a new phase takes this one over: experiments new-phase \(word)\n"
        }
        let new = "holdout holdout: new\n" + line("button", "button") + line("page one", "'page one'")
        #expect(try tool.run("apply", file, "--dry-run").output == new)
        #expect(try tool.run("apply", file).output == new)
        #expect(try tool.run("new-phase", "page one").code == 0)
        #expect(try tool.run("apply", file).output == "holdout holdout: unchanged\n" + line("button", "button"))
        #expect(try tool.run("stop", "button").code == 0)
        let lower = try tool.run("apply", try tool.file("lower.toml", "[holdout]\nshare = 0\n")).output
        #expect(
            lower == "holdout holdout: changed: share 0.1 to 0.0\n"
                + line("page one", "'page one'", "holdout, 10 %"))
    }

    @Test("what starts again says that it goes on under the holdout its phase began with, if another one is in force")
    func resumed() throws {
        let tool = Tool()
        func hold(_ share: String) throws {
            let file = try tool.file("holdout.toml", "[holdout]\nshare = \(share)\n")
            #expect(try tool.run("apply", file).code == 0)
        }
        func restart() throws -> String {
            #expect(try tool.run("stop", "button").code == 0)
            return try tool.run("start", "button").errors
        }
        try hold("0.1")
        try tool.define()
        #expect(try restart() == "'button' is running.\n")
        try hold("0.2")
        let kept =
            "It is not under the holdout in force: its phase keeps the holdout it began with (holdout, 10 %); "
            + "a new phase takes this one over: experiments new-phase button.\n"
        #expect(try restart() == "'button' is running.\n" + kept)
        // A draft takes over the one in force as it starts.
        #expect(try tool.run("start", "banner").errors == "'banner' is running.\n")
    }
}
