import ExperimentDatabase
import ExperimentStorage
import Experimentation
import FoundationEssentials
import TestSupport
import Testing

@Suite("Recording")
struct RecordingTests {
    let folder = TemporaryFolder()

    @Test("an event is in the file when its call returns")
    func durable() async throws {
        let store = try await ExperimentStore.open(at: folder.file("shop.db"))
        try await store.define(
            Experiment(id: "button", variants: [VariantDefinition("control", isControl: true), VariantDefinition("b")]))
        let context = ExperimentContext(userID: "ada")
        let variant = try store.assign("button", for: context)
        try await store.recordExposure(ExposureRecord(of: variant, to: context))
        try await store.recordOutcome(
            OutcomeRecord(experiment: "button", metric: "paid", value: .numeric(3), userID: "ada", timestamp: .now))
        let reader = try DatabaseFile.openForReading(DatabasePath(folder.file("shop.db")))
        #expect(try reader.value("SELECT count(*) FROM exposure") { $0.int(0) } == 1)
        #expect(try reader.value("SELECT count(*) FROM outcome") { $0.int(0) } == 1)
        await store.close()
    }
}
