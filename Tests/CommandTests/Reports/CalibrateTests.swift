import Foundation
import TestSupport
import Testing

@Suite("Calibrating with the tool")
struct CalibrateTests {
    private struct Answer: Decodable {
        struct Experiment: Decodable {
            let experiment: String
            let units: Int
            let splits: Int
            let nights: [String]
            let findings: [Finding]
        }

        struct Finding: Decodable {
            let lift: Double
            let clearlyBetter: Int
        }

        let experiments: [Experiment]
    }

    /// 240 users on three days, half of whom buy.
    private func shop() throws -> Tool {
        let tool = Tool()
        let definitions = """
            [[experiments]]
            id = "button"
            variants = [{ id = "c", is_control = true }, { id = "t" }]
            goals = ["buy"]
            """
        try tool.prepare("apply", try tool.file("definitions.toml", definitions))
        var (exposures, outcomes) = (
            "experiment,variant_id,user_id,timestamp,attributes\n", "metric,kind,value,user_id,timestamp\n"
        )
        for user in 0..<240 {
            let day = "2026-03-0\(1 + user % 3)"
            exposures +=
                "button,\(user / 3 % 2 == 0 ? "c" : "t"),u\(user),\(day)T10:00:00Z,\"{\"\"country\"\":\"\"de\"\"}\"\n"
            if user % 2 == 0 { outcomes += "buy,bool,true,u\(user),\(day)T10:00:30Z\n" }
        }
        try tool.prepare("import", "exposures", try tool.file("e.csv", exposures))
        try tool.prepare("import", "outcomes", try tool.file("o.csv", outcomes))
        return tool
    }

    @Test("every night of the file is looked at, and a lift asked for is told of")
    func answers() throws {
        let tool = try shop()
        let ending = try tool.run("calibrate", "button", "--splits", "6", "--lift", "0.9", "--format", "json")
        #expect(ending.code == 0, "\(ending.errors)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let answer = try decoder.decode(Answer.self, from: Data(ending.output.utf8)).experiments[0]
        #expect(answer.experiment == "button" && answer.units == 240 && answer.splits == 6)
        #expect(answer.nights == ["2026-03-01", "2026-03-02", "2026-03-03"])
        #expect(answer.findings.map(\.lift) == [0.9] && answer.findings[0].clearlyBetter >= 5)
        let text = try tool.run("calibrate", "--splits", "6")
        #expect(
            text.code == 0 && text.output.contains("240 users, dealt anew 6 times and looked at on 3 nights; seed 1."))
        #expect(text.errors.isEmpty)
    }

    @Test("mistakes are named: an unknown experiment, no split, a lift that is none")
    func mistakes() throws {
        let tool = try shop()
        #expect(try tool.run("calibrate", "buton").errors.contains("did you mean 'button'?"))
        #expect(try tool.run("calibrate", "--splits", "0").code == 1)
        #expect(try tool.run("calibrate", "--lift", "0").code == 1)
    }

    @Test("segments by an attribute that no exposure has are refused, and those that there are named")
    func misspelledAttribute() throws {
        let tool = try shop()
        let ending = try tool.run("report", "--by", "contry")
        #expect(ending.code == 2 && ending.output.isEmpty)
        #expect(ending.errors.contains("no exposure has the attribute 'contry'; there are 'country'"))
        #expect(try tool.run("report", "--by", "country").code == 0)
        let file = tool.folder.file("n.txt")
        let nightly = try tool.run("nightly", "--by", "contry", "--date", "2026-03-03", "--output", file)
        #expect(nightly.code == 2 && nightly.errors.contains("no exposure has the attribute 'contry'"))
        #expect(try tool.run("history").output.contains("2026-03-03") == false)
        #expect(try tool.run("nightly", "--by", "country", "--date", "2026-03-03", "--output", file).code == 0)
    }
}
