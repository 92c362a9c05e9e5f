import Foundation
import TestSupport
import Testing

@Suite("size")
struct SizeTests {
    /// 400 exposures with ids of 36 bytes and 100 outcomes, of which every second names no experiment.
    private func shop() throws -> Tool {
        let tool = Tool()
        try tool.define()
        var exposures = "experiment,variant_id,user_id,session_id,timestamp,id,attributes\n"
        var outcomes = "experiment,metric,kind,value,user_id,timestamp\n"
        for number in 0..<400 {
            exposures += "button,control,user\(1000 + number),,2026-01-02T00:00:00Z,\(UUID()),\n"
            guard number < 100 else { continue }
            outcomes += "\(number % 2 == 0 ? "button" : ""),purchase,bool,1,user\(1000 + number),2026-01-03T00:00:00Z\n"
        }
        try tool.prepare("import", "exposures", try tool.file("exposures.csv", exposures))
        try tool.prepare("import", "outcomes", try tool.file("outcomes.csv", outcomes))
        return tool
    }

    @Test("the parts and what is free add up to the file, and a row's parts to the pages of its log")
    func sums() throws {
        let tool = try shop()
        let ending = try tool.run("size", "--format", "json")
        #expect(ending.code == 0)
        let size = try #require(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any])
        let parts = try #require(size["parts"] as? [[String: Any]])
        func bytes(_ name: String) -> Int { parts.first { $0["name"] as? String == name }?["bytes"] as? Int ?? 0 }
        let total = parts.reduce(0) { $0 + ($1["bytes"] as? Int ?? 0) }
        let file = try #require(size["file_bytes"] as? Int)
        #expect(total + (size["free_bytes"] as? Int ?? 0) == file)
        #expect(file == (try FileManager.default.attributesOfItem(atPath: tool.database)[.size] as? Int))
        let exposure = try #require(size["exposure"] as? [String: Any])
        #expect(exposure["rows"] as? Int == 400)
        #expect(exposure["user_id"] as? Double == 8)
        #expect(exposure["session_id"] as? Double == 0)
        #expect(exposure["id"] as? Double == 36)
        let whole = try #require(exposure["bytes"] as? Double)
        #expect(abs(whole * 400 - Double(bytes("exposure_log") + bytes("exposure_id_once"))) < 1)
        let experiments = try #require(size["experiments"] as? [[String: Any]])
        #expect(experiments.map { $0["experiment"] as? String } == ["button", "banner", nil])
        #expect(experiments.map { $0["exposures"] as? Int } == [400, 0, 0])
        #expect(experiments.map { $0["outcomes"] as? Int } == [50, 0, 50])
    }

    @Test("people read what an exposure takes, and which experiment takes most of the file")
    func text() throws {
        let ending = try shop().run("size")
        #expect(ending.code == 0 && ending.errors.isEmpty)
        #expect(ending.output.contains("exposure_id_once, an index of exposure_log"))
        #expect(ending.output.contains("user_id 8, id 36, id in its index "))
        #expect(ending.output.contains(/\nbutton +400 +50 +[0-9.]+ kB\n/))
        #expect(ending.output.contains(/\n\(none named\) +0 +50 +[0-9.]+ kB\n/))
    }
}
