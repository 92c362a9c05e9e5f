import Foundation
import TestSupport
import Testing

@Suite("The report's own commands")
struct PageQueryTests {
    @Test("what a card's SQL prints is what the card shows, whatever the experiment is called")
    func queries() throws {
        let tool = Tool()
        let name = "it's <b> \"x\" $HOME `y`"
        let quoted = name.replacingOccurrences(of: "\"", with: "\\\"")
        _ = try tool.run(
            "apply",
            try tool.file(
                "definitions.toml",
                """
                [[experiments]]
                id = "\(quoted)"
                variants = [{ id = "control", is_control = true }, { id = "treatment" }]
                """))
        let exposures = (0..<40).map { user in
            "{\"experiment\": \"\(quoted)\", \"variant_id\": \"\(user % 2 == 0 ? "control" : "treatment")\", \"user_id\": \"u\(user)\", \"timestamp_us\": 1000}"
        }
        let outcomes = (0..<30).map { user in
            "{\"experiment\": \"\(quoted)\", \"metric\": \"m\", \"kind\": \"numeric\", \"value\": \(user), \"user_id\": \"u\(user)\", \"timestamp_us\": \(user < 4 ? 10 : 2000)}"
        }
        for (kind, lines) in [("exposures", exposures), ("outcomes", outcomes)] {
            let file = try tool.file("\(kind).ndjson", lines.joined(separator: "\n") + "\n")
            #expect(try tool.run("import", kind, file).code == 0)
        }
        let page = try tool.run("report", "--format", "html").output
        let script = try #require(
            page.components(separatedBy: "<pre tabindex=\"0\">").last?.components(separatedBy: "</pre>")[0])
        var command = script
        for (escaped, plain) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
            command = command.replacingOccurrences(of: escaped, with: plain)
        }
        let rows = try tool.shell(command).split(separator: "\n").map { line in
            line.split(separator: "│").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let control = try #require(rows.first { $0.count == 7 && $0[2] == "control" })
        #expect(control[3] == "20" && control[4] == "13")
        // Even users from 4 to 28: their sum over 20.
        #expect(Double(control[5]) == 208.0 / 20)
        #expect(page.contains("<data value=\"10.4\">"))
        #expect(rows.contains(["before_exposure", "4"]))
        #expect(rows.contains(["1970-01-01", "control", "20"]))
    }
}
