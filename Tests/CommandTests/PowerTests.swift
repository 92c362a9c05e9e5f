import Foundation
import TestSupport
import Testing

@Suite("Planning with the tool")
struct PowerTests {
    private struct Answer: Decodable {
        struct Plan: Decodable {
            struct Need: Decodable {
                let unitsPerVariant: Int
                let units: Int
                let days: Int?
            }

            let lift: Double
            let oneLook: Need
            let everyLook: Need
        }

        let baseline: Double
        let variance: Double
        let unitsPerDay: Double?
        let plans: [Plan]
    }

    private let tool = Tool()

    private func answer(_ arguments: String...) throws -> Answer {
        let ending = try tool.bare(["power", "--format", "json"] + arguments)
        #expect(ending.code == 0, "\(ending.errors)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Answer.self, from: Data(ending.output.utf8))
    }

    /// (1.959964 + 0.841621)² · (0.08·0.92 + 0.084·0.916) / 0.004² = 73,850.2, worked out by hand.
    @Test("a share's plan is the textbook's, and days follow from the traffic")
    func share() throws {
        let plan = try answer("--baseline", "0.08", "--lift", "0.05", "--daily", "2000").plans[1]
        #expect(plan.lift == 0.05)
        #expect(plan.oneLook.unitsPerVariant == 73_851)
        #expect(plan.oneLook.units == 147_702)
        #expect(plan.oneLook.days == 74)
        #expect(plan.everyLook.unitsPerVariant > plan.oneLook.unitsPerVariant)
        #expect(try answer("--baseline", "0.08", "--lift", "-0.05").plans[1].oneLook.days == nil)
    }

    @Test("a metric's own history gives baseline, variance and traffic")
    func history() throws {
        try tool.define()
        var exposures = "experiment,variant_id,user_id,timestamp\n"
        var outcomes = "experiment,metric,kind,value,user_id,timestamp\n"
        for day in 1...5 {
            // The last day is not over, and says nothing about the traffic.
            for user in 0..<(day == 5 ? 4 : 20) {
                let variant = user % 2 == 0 ? "control" : "treatment"
                exposures += "button,\(variant),u\(day)-\(user),2026-03-0\(day)T10:00:00Z\n"
                outcomes +=
                    "button,revenue,numeric,\(user % 4 == 0 ? 10 : 30),u\(day)-\(user),2026-03-0\(day)T11:00:00Z\n"
            }
        }
        _ = try tool.run("import", "exposures", try tool.file("e.csv", exposures))
        _ = try tool.run("import", "outcomes", try tool.file("o.csv", outcomes))
        let found = try answer("button", "--metric", "revenue", "--lift", "0.1", "--database", tool.database)
        #expect(found.baseline == 20)
        #expect(abs(found.variance - 100 * 42 / 41) < 1e-9)
        #expect(found.unitsPerDay == 20)
        let twin = "experiment,metric,kind,value,user_id,timestamp\nbutton,revenue,count,2,u1-0,2026-03-01T12:00:00Z\n"
        _ = try tool.run("import", "outcomes", try tool.file("twin.csv", twin))
        let either = try tool.run("power", "button", "--metric", "revenue", "--lift", "0.1")
        #expect(either.code == 2)
        #expect(either.errors.contains("--kind count or numeric"))
        let one = try answer(
            "button", "--metric", "revenue", "--kind", "numeric", "--lift", "0.1", "--database", tool.database)
        #expect(one.baseline == 20)
        let unknown = try tool.run("power", "button", "--metric", "revenu", "--lift", "0.1")
        #expect(unknown.code == 2)
        #expect(unknown.errors.contains("did you mean 'revenue'?"))
        #expect(try tool.run("power", "buton", "--metric", "revenue", "--lift", "0.1").code == 2)
    }

    @Test("traffic that never ends it, or ends it at once, is no failure", arguments: ["1e-300", "0.3", "1e300"])
    func extremeTraffic(daily: String) throws {
        let ending = try tool.bare(["power", "--baseline", "0.1", "--lift", "0.1", "--daily", daily])
        #expect(ending.code == 0)
        #expect(ending.output.contains("new units a day"))
        let plan = try answer("--baseline", "0.1", "--lift", "0.1", "--daily", daily).plans[1]
        #expect((plan.oneLook.days == nil) == (daily == "1e-300"))
    }

    @Test(
        "what cannot be planned exits 1 with the rule",
        arguments: [
            ("--lift 0.1", "--baseline"), ("--baseline 2 --lift 0.1", "--standard-deviation"),
            ("--baseline 0.5 --lift 0", "not 0"), ("--baseline 0.9 --lift 0.2", "share"),
            ("--baseline 0.5 --lift 0.1 --power 0.01", "power"), ("x --lift 0.1 --metric m", "--database"),
            ("--baseline 3 --standard-deviation -1 --lift 0.1", "positive"),
            ("--baseline 0.5 --lift 0.1 --variants 1", "2 variants"),
        ])
    func mistakes(_ mistake: (line: String, hint: String)) throws {
        let ending = try tool.bare(["power"] + mistake.line.split(separator: " ").map(String.init))
        #expect(ending.code == 1)
        #expect(ending.errors.contains(mistake.hint))
    }
}
