import ExperimentDatabase
import ExperimentStorage
import Experimentation
import Logging
import TestSupport

/// A store in a folder of its own, with the shop's button test running, and a way to look into its file.
struct TestStore {
    let folder: TemporaryFolder
    let store: ExperimentStore

    static var quiet: StoreConfiguration {
        var configuration = StoreConfiguration()
        configuration.logger.logLevel = .critical
        configuration.ownerWait = .milliseconds(50)
        return configuration
    }

    init(
        _ configuration: StoreConfiguration = TestStore.quiet, in folder: TemporaryFolder = TemporaryFolder()
    ) async throws {
        self.folder = folder
        store = try await ExperimentStore.open(at: folder.file("shop.db"), configuration: configuration)
        try await store.define(Shop.button())
    }

    var path: String { folder.file("shop.db") }

    /// A number that the file answers, on a connection of its own.
    func number(_ sql: String) throws -> Int {
        let reader = try DatabaseFile.openForReading(DatabasePath(path))
        return try reader.value(sql) { $0.int(0) } ?? -1
    }

    func exposures() throws -> Int { try number("SELECT count(*) FROM exposure_log") }

    func outcomes() throws -> Int { try number("SELECT count(*) FROM outcome_log") }
}
