import Foundation
import TestSupport
import Testing

@Suite("The README tells the truth")
struct ReadmeTests {
    private let readme: String

    init() throws {
        readme = try String(contentsOfFile: Checkout.file("README.md"), encoding: .utf8)
    }

    /// The blocks of one language, without their fences.
    private func blocks(_ language: String) -> [String] {
        readme.components(separatedBy: "```\(language)\n").dropFirst()
            .map { $0.components(separatedBy: "```")[0] }
    }

    @Test("its code is code of this package that compiles, and runs")
    func code() async throws {
        let path = Checkout.file("Tests/CommandTests/CommandLine/ReadmeExample.swift")
        let example = try String(contentsOfFile: path, encoding: .utf8)
        #expect(blocks("swift") == [example])
        let tool = Tool()
        let store = try await openStore(at: tool.database)
        try await checkout(store, userID: "ann")
        await closeStore(store)
        #expect(try tool.sqlite("SELECT metric, sum FROM results ORDER BY sum DESC LIMIT 1") == "revenue|49.9")
    }

    @Test("its sqlite3 session gives that output on the demo's file")
    func session() throws {
        let tool = try PreparedDatabase.demo.get().database.copy()
        let session = try #require(blocks("console").first)
        let commands = session.components(separatedBy: "$ ").dropFirst()
        #expect(commands.count == 2)
        for command in commands {
            let lines = command.split(separator: "\n", maxSplits: 1)
            let shown = try tool.shell(lines[0].replacingOccurrences(of: "shop.db", with: tool.database))
            #expect(shown.trimmingCharacters(in: .newlines) == lines[1].trimmingCharacters(in: .newlines))
        }
    }

    @Test("its definitions file can be applied to the demo's file, and its commands exist")
    func definitions() throws {
        let tool = try PreparedDatabase.demo.get().database.copy()
        let file = try tool.file("shop.toml", try #require(blocks("toml").first))
        #expect(try tool.run("apply", file).code == 0)
        #expect(try tool.run("report", "--format", "json", "--output", tool.folder.file("report.json")).code == 0)
        #expect(FileManager.default.fileExists(atPath: tool.folder.file("report.json")))
    }

    @Test("it has at most 160 lines")
    func length() {
        #expect(readme.split(separator: "\n", omittingEmptySubsequences: false).count <= 161)
    }
}
