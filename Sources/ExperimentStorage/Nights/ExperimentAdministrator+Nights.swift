import ExperimentDatabase
import ExperimentDefinitions
public import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension ExperimentAdministrator {
    /// Keeps other nightly runs away until this way in is gone.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when another run is at work.
    public func beginNightlyRun() throws(ExperimentError) {
        nightLock = try translating("begin the nightly run") { try takeNightLock() }
    }

    /// The dates of the nights that are stored.
    /// - Returns: UTC dates as `2026-01-31`, in order.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func nights() throws(ExperimentError) -> [String] {
        try translating("list nights") { try NightTable.dates(guest.connection) }
    }

    /// The last exposure that was there when a night was stored.
    /// - Parameter date: The night's date.
    /// - Returns: Its number; nil where no such night is stored.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func lastExposure(ofNight date: String) throws(ExperimentError) -> Int64? {
        try translating("read a night") {
            try NightTable.lastExposure(date, guest.connection)?.value
        }
    }

    /// Stores a night, once a date; one transaction.
    /// - Parameter night: What was seen.
    /// - Returns: Whether it was stored; false where its date was there, and nothing was changed.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when it cannot be stored; then nothing of it is.
    public func store(_ night: Night) throws(ExperimentError) -> Bool {
        try writeNight("store a night") { connection in
            try NightTable.store(night, at: Date().microsecondsSince1970, connection)
        }
    }

    /// Adds to a stored night the results of metrics that it does not know; one transaction.
    /// - Parameter night: The night, seen again as of its own date and by the exposures that were there by then.
    /// - Returns: The number of rows added: one a metric and variant.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when they cannot be stored; then none is.
    public func complete(_ night: Night) throws(ExperimentError) -> Int {
        try writeNight("complete a night") { connection in
            try NightTable.complete(night, connection)
        }
    }

    private func takeNightLock() throws -> FileLock {
        let lock = try FileLock.acquire(guest.path.nightLock, permissions: permissions, waiting: 0)
        guard let lock else { throw StorageFailure.file("another nightly run is at work on the database") }
        return lock
    }

    private func writeNight<Value>(
        _ operation: String, _ body: (borrowing Connection) throws -> Value
    ) throws(ExperimentError) -> Value {
        try guest.administer(operation) { connection in
            let transaction = try connection.begin()
            let value = try body(connection)
            try transaction.commit()
            return value
        }
    }
}
