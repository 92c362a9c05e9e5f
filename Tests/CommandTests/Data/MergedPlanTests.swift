import Foundation
import TestSupport
import Testing

@Suite("What a plan was comes along with a merge")
struct MergedPlanTests {
    private static func definitions(goal: String) -> String {
        """
        [[metrics]]
        name = "purchase"
        kind = "bool"

        [[metrics]]
        name = "items"
        kind = "bool"

        [[experiments]]
        id = "button"
        variants = [{ id = "c", is_control = true }, { id = "t" }]
        goals = ["\(goal)"]
        plan = { days = 0 }
        strict_plan = true

        """
    }

    private func apply(goal: String, to tool: Tool) throws {
        try tool.prepare("apply", try tool.file("d.toml", Self.definitions(goal: goal)))
    }

    /// Records users of whom the treated buy and take more.
    private func record(_ users: Range<Int>, in tool: Tool) throws {
        var exposures = "experiment,variant_id,user_id,timestamp,enrollment\n"
        var outcomes = "metric,kind,value,user_id,timestamp\n"
        for user in users {
            let isTreated = user % 2 == 1
            exposures += "button,\(isTreated ? "t" : "c"),u\(user),2026-01-05T10:00:00Z,enrolled\n"
            guard user / 2 % 10 < (isTreated ? 6 : 4) else { continue }
            for metric in ["purchase", "items"] {
                outcomes += "\(metric),bool,true,u\(user),2026-01-06T10:00:00Z\n"
            }
        }
        try tool.prepare("import", "exposures", try tool.file("e\(users.lowerBound).csv", exposures))
        try tool.prepare("import", "outcomes", try tool.file("o\(users.lowerBound).csv", outcomes))
    }

    private func server(_ users: Range<Int>, goal: String) throws -> Tool {
        let tool = Tool()
        try apply(goal: goal, to: tool)
        try record(users, in: tool)
        return tool
    }

    private func merge(_ tools: Tool...) throws -> Tool {
        let merged = Tool()
        try merged.prepare(["merge"] + tools.map(\.database))
        return merged
    }

    /// The verdict with its reason, and the fields of the plan that changed.
    private func verdict(_ tool: Tool, _ experiment: String = "button") throws -> String {
        let ending = try tool.run("report", experiment, "--format", "json")
        let report = try JSONSerialization.jsonObject(with: Data(ending.output.utf8))
        let experiments = (report as? [String: Any])?["experiments"] as? [[String: Any]]
        let experiment = try #require(experiments?.first)
        let decision = try #require(experiment["decision"] as? [String: Any])
        let changes = try #require(experiment["plan_changes"] as? [[String: Any]])
        let fields = changes.map { "\($0["before"] ?? "") to \($0["after"] ?? "")" }.joined(separator: ", ")
        return "\(decision["verdict"] ?? "") \(decision["reason"] ?? ""); \(fields)"
    }

    private static let ship = "ship goal_better; "
    private static let held = "wait plan_changed; purchase to items"

    @Test(
        "a goal that one server swapped after it had seen units is held in the merged file, and in what that is merged into"
    )
    func swapped() throws {
        let swapped = try server(0..<600, goal: "purchase")
        try apply(goal: "items", to: swapped)
        #expect(try verdict(swapped) == Self.held)
        let other = try server(600..<1200, goal: "items")
        #expect(try verdict(other) == Self.ship)
        #expect(try verdict(merge(swapped)) == Self.held)
        let both = try merge(other, swapped)
        #expect(try verdict(both) == Self.held)
        #expect(try verdict(merge(both, try server(1200..<1300, goal: "items"))) == Self.held)
        #expect(try both.run("verify").code == 0)
    }

    @Test("a goal that every server swapped is one change; one that was swapped before any unit was seen is none")
    func everywhere() throws {
        let servers = try [0..<600, 600..<1200].map { try server($0, goal: "purchase") }
        for server in servers { try apply(goal: "items", to: server) }
        #expect(try verdict(merge(servers[0], servers[1])) == Self.held)
        let early = try [0..<600, 600..<1200].map { users in
            let tool = Tool()
            for goal in ["purchase", "items"] { try apply(goal: goal, to: tool) }
            try record(users, in: tool)
            return tool
        }
        #expect(try verdict(merge(early[0], early[1])) == Self.ship)
    }

    @Test("a goal that was swapped and swapped back between two merges is held after the second")
    func between() throws {
        let server = try server(0..<600, goal: "purchase")
        let merged = try merge(server)
        #expect(try verdict(merged) == Self.ship)
        for goal in ["items", "purchase"] { try apply(goal: goal, to: server) }
        try merged.prepare("merge", server.database)
        #expect(try verdict(merged) == Self.held + ", items to purchase")
        let again = try merged.run("merge", server.database)
        #expect(again.code == 0)
        #expect(try verdict(merged) == Self.held + ", items to purchase")
    }

    @Test("a goal that is swapped in the merged file alone is held there")
    func inTheMergedFile() throws {
        let merged = try merge(try server(0..<600, goal: "purchase"), try server(600..<1200, goal: "purchase"))
        #expect(try verdict(merged) == Self.ship)
        try apply(goal: "items", to: merged)
        #expect(try verdict(merged) == Self.held)
    }

    @Test("an experiment that began after the first merge, defined everywhere, ships as its servers say")
    func later() throws {
        let servers = try (0..<2).map { _ in
            let tool = Tool()
            try tool.define()
            return tool
        }
        for (day, server) in servers.enumerated() {
            let rows = "experiment,variant_id,user_id,timestamp\nbutton,control,ada\(day),2026-01-05T10:00:00Z\n"
            try server.prepare("import", "exposures", try server.file("ada.csv", rows))
        }
        let merged = try merge(servers[0], servers[1])
        let definitions = Self.definitions(goal: "purchase").replacing("\"button\"", with: "\"late\"")
        for tool in servers + [merged] { try tool.prepare("apply", try tool.file("d.toml", definitions)) }
        for server in servers {
            let rows = "experiment,variant_id,user_id,timestamp\nlate,c,bob,2026-01-06T10:00:00Z\n"
            try server.prepare("import", "exposures", try server.file("bob.csv", rows))
        }
        try merged.prepare(["merge"] + servers.map(\.database))
        #expect(try verdict(merged, "late").hasSuffix("; "))
        // A change on the servers after that, too.
        let swapped = definitions.replacing("goals = [\"purchase\"]", with: "goals = [\"items\"]")
        for tool in [servers[0], servers[1], merged] {
            try tool.prepare("apply", try tool.file("d.toml", swapped))
        }
        try merged.prepare(["merge"] + servers.map(\.database))
        #expect(try verdict(merged, "late").hasSuffix("; purchase to items"))
    }
}
