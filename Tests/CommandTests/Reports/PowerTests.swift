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

        struct Detectable: Decodable {
            struct Smallest: Decodable {
                let lift: Double?
                let difference: Double?
            }

            let variantId: String
            let controlUnits: Int
            let units: Int
            let oneLook: Smallest
            let everyLook: Smallest
        }

        let detectable: [Detectable]
        let baseline: Double
        let variance: Double
        let unitsPerDay: Double?
        let variants: Int
        let plans: [Plan]
    }

    private let tool = Tool()

    private func answer(_ arguments: String...) throws -> Answer { try answer(arguments) }

    private func answer(_ arguments: [String]) throws -> Answer {
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

    @Test("checks every night share the error between the treatments, of which an experiment brings its own")
    func treatments() throws {
        let share = ["--baseline", "0.08", "--lift", "0.05"]
        let three = try answer(share + ["--variants", "3"]).plans[1]
        #expect(
            three.everyLook.unitsPerVariant
                == (try answer(share + ["--confidence", "0.975"]).plans[1].everyLook.unitsPerVariant))
        #expect(three.oneLook.unitsPerVariant == 73_851, "one check looks at each treatment by itself")
        let variants = ["plain", "red", "blue"]
        try tool.define(
            """

            [[experiments]]
            id = "colors"
            variants = [
              { id = "plain", weight = 1, is_control = true }, { id = "red", weight = 1 }, { id = "blue", weight = 1 },
            ]
            """)
        var exposures = "experiment,variant_id,user_id,timestamp\n"
        var outcomes = "experiment,metric,kind,value,user_id,timestamp\n"
        for user in 0..<600 {
            exposures += "colors,\(variants[user % 3]),u\(user),2026-03-01T10:00:00Z\n"
            if user % 3 < 2 {
                exposures += "button,\(["control", "treatment"][user % 3]),u\(user),2026-03-01T10:00:00Z\n"
            }
            for experiment in ["colors", "button"] {
                outcomes += "\(experiment),revenue,numeric,\(user % 2 == 0 ? 10 : 30),u\(user),2026-03-01T11:00:00Z\n"
            }
        }
        _ = try tool.run("import", "exposures", try tool.file("e.csv", exposures))
        _ = try tool.run("import", "outcomes", try tool.file("o.csv", outcomes))
        let asked = ["colors", "--metric", "revenue", "--lift", "0.1", "--database", tool.database]
        let found = try answer(asked)
        #expect(found.variants == 3)
        #expect(found.plans[1].oneLook.units == 3 * found.plans[1].oneLook.unitsPerVariant)
        #expect(found.detectable.count == 2)
        let alone = try answer(["button"] + asked.dropFirst() + ["--confidence", "0.975"])
        let difference = try #require(alone.detectable.first?.everyLook.difference)
        #expect(abs(try #require(found.detectable[0].everyLook.difference) - difference) < 1e-9)
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

    /// The case `power-mean-4` of the golden values: 200 units a variant of mean 10 and variance 25.
    ///
    /// With a look every night it is the closed form at the sequence's critical value of that case, whose farther tail is nothing.
    @Test("the smallest effect that the units there are find is the reference's, for one look and for many")
    func detectable() throws {
        try tool.define()
        let distance = (25 * 199 / 200.0).squareRoot()
        var exposures = "experiment,variant_id,user_id,timestamp\n"
        var outcomes = "experiment,metric,kind,value,user_id,timestamp\n"
        for user in 0..<400 {
            let variant = user % 2 == 0 ? "control" : "treatment"
            exposures += "button,\(variant),u\(user),2026-03-01T10:00:00Z\n"
            let value = 10 + (user % 4 < 2 ? distance : -distance)
            outcomes += "button,revenue,numeric,\(value),u\(user),2026-03-01T11:00:00Z\n"
        }
        _ = try tool.run("import", "exposures", try tool.file("e.csv", exposures))
        _ = try tool.run("import", "outcomes", try tool.file("o.csv", outcomes))
        let asked = ["button", "--metric", "revenue", "--confidence", "0.9", "--database", tool.database]
        let found = try answer(asked)
        #expect(found.plans.isEmpty)
        let effect = try #require(found.detectable.first)
        #expect(found.detectable.count == 1 && effect.variantId == "treatment")
        #expect((effect.controlUnits, effect.units) == (200, 200))
        let golden = [
            (effect.oneLook.difference, 1.2432052148016834), (effect.oneLook.lift, 0.13283810649296052),
            (effect.everyLook.difference, 2.352100609610016), (effect.everyLook.lift, 0.2686716602477595),
        ]
        for (value, reference) in golden {
            #expect(abs(try #require(value) - reference) < 1e-11 * reference, "\(reference)")
        }
        let text = try tool.bare(["power", "--lift", "0.1"] + asked).output.split(separator: "\n")
        #expect(text.suffix(3).allSatisfy { $0.count <= 80 })
        let rows = text.map { $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init) }
        #expect(rows.contains(["treatment", "200", "200", "13.3%", "1.243", "one", "check", "now"]))
        #expect(rows.contains(["26.9%", "2.352", "a", "check", "every", "night"]))
        #expect(rows.contains { $0.first == "+10.0%" })
    }

    @Test("the environment's database is taken where the line names none, and does not bother a --baseline")
    func environment() throws {
        try tool.define()
        var exposures = "experiment,variant_id,user_id,timestamp\n"
        var outcomes = "metric,kind,value,user_id,timestamp\n"
        for user in 0..<40 {
            exposures += "button,\(user % 2 == 0 ? "control" : "treatment"),u\(user),2026-03-01T10:00:00Z\n"
            outcomes += "revenue,numeric,\(user % 4 < 2 ? 10 : 30),u\(user),2026-03-01T11:00:00Z\n"
        }
        try tool.prepare("import", "exposures", try tool.file("e.csv", exposures))
        try tool.prepare("import", "outcomes", try tool.file("o.csv", outcomes))
        func power(_ arguments: String) throws -> String {
            try tool.shell("EXPERIMENTS_DATABASE='\(tool.database)' '\(Tool.executable)' power \(arguments) 2>&1")
        }
        let named = try tool.bare(["power", "button", "--metric", "revenue", "--lift", "0.1", "-d", tool.database])
        #expect(named.code == 0, "\(named.errors)")
        #expect(try power("button --metric revenue --lift 0.1") == named.output)
        let plain = try tool.bare(["power", "--baseline", "0.1", "--lift", "0.1"])
        #expect(try power("--baseline 0.1 --lift 0.1") == plain.output)
        #expect(try power("--baseline 0.1 --lift 0.1 -d x.db").contains("together with its --metric"))
    }

    @Test("a treatment too small for a look every night has no smallest effect there")
    func undetectable() throws {
        try tool.define()
        var exposures = "experiment,variant_id,user_id,timestamp\n"
        var outcomes = "experiment,metric,kind,value,user_id,timestamp\n"
        for user in 0..<120 {
            exposures += "button,\(user < 110 ? "control" : "treatment"),u\(user),2026-03-01T10:00:00Z\n"
            if user % 2 == 0 { outcomes += "button,purchase,bool,true,u\(user),2026-03-01T11:00:00Z\n" }
        }
        _ = try tool.run("import", "exposures", try tool.file("e.csv", exposures))
        _ = try tool.run("import", "outcomes", try tool.file("o.csv", outcomes))
        let asked = ["button", "--metric", "purchase", "--database", tool.database]
        let effect = try #require(try answer(asked).detectable.first)
        #expect(effect.oneLook.lift != nil && effect.oneLook.difference != nil)
        #expect(effect.everyLook.lift == nil && effect.everyLook.difference == nil)
        #expect(try tool.bare(["power"] + asked).output.contains("points  one check now"))
        #expect(try answer(["--baseline", "0.1", "--lift", "0.1"]).detectable.isEmpty)
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
            ("--lift 0.1", "--baseline"), ("--baseline 0.1", "--lift"),
            ("--baseline 2 --lift 0.1", "--standard-deviation"),
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
