import Foundation
import TestSupport
import Testing

/// The guide to metrics says what the tool does.
@Suite("The guide to metrics")
struct MetricGuideTests {
    @Test("every example of the page can be applied, all of them in one file")
    func examples() throws {
        let path = Checkout.file("Sources/Experimentation/Documentation.docc/Guides/DefiningMetrics.md")
        let page = try String(contentsOfFile: path, encoding: .utf8)
        let examples = page.components(separatedBy: "```toml\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        #expect(examples.count == 6)
        let tool = Tool()
        let ending = try tool.run("apply", try tool.file("guide.toml", examples.joined(separator: "\n")))
        #expect(ending.errors == "")
        #expect(ending.output.split(separator: "\n").count == 11)
    }
}
