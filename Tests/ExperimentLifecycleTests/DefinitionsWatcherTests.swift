import ExperimentDefinitions
import ExperimentDefinitionsFile
import Experimentation
import Foundation
import TestSupport
import Testing

@Suite("A server that watches a definitions file")
struct DefinitionsWatcherTests {
    private func write(_ id: String, _ path: String) throws {
        let text = "[[experiments]]\nid = \"\(id)\"\nvariants = [{ id = \"a\", is_control = true }, { id = \"b\" }]\n"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    @Test("is told what it says at once, what it says after a change, and what is wrong with it, each once")
    func changes() async throws {
        let folder = TemporaryFolder()
        let path = folder.file("experiments.toml")
        try write("first", path)
        var events = DefinitionsWatcher(path, every: .milliseconds(20)).events.makeAsyncIterator()
        func ids(_ event: DefinitionsWatcher.Event?) -> [String] {
            if case .changed(let definitions) = event { definitions.experiments.map(\.experiment.id.text) } else { [] }
        }
        #expect(ids(await events.next()) == ["first"])
        try write("second", path)
        #expect(ids(await events.next()) == ["second"])
        try "[é]".write(toFile: path, atomically: true, encoding: .utf8)
        guard case .broken(let error) = await events.next() else {
            Issue.record("taken as whole")
            return
        }
        #expect("\(error)".contains("line 1, column 2"))
        try write("third", path)
        #expect(ids(await events.next()) == ["third"])
    }
}
