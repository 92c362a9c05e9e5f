import Dispatch
import ExperimentDatabase
import ExperimentDefinitions
import ExperimentStorage
package import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The outbox of a database file, beside a running server or without one: its two logs, and the table `delivery`.
///
/// Each destination has an outbox of its own. Nothing tells which of two rows of different logs came first, so the rows are
/// taken in stretches: those exposures that are there at a moment, then those outcomes. An exposure that was durable before an
/// outcome was recorded is in the outcome's stretch or in one before it, and neither log waits for more than a stretch.
package actor FileOutbox: Outbox {
    private static let operation = "forward"

    private nonisolated let executor = DatabaseQueue(label: "experiments.forwarding.outbox")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private let path: DatabasePath
    private var tool: ToolConnection
    private var files: FileIdentity
    /// The stretch under way; nil before the first.
    private var stretch: Stretch?

    private init(_ path: DatabasePath) throws {
        self.path = path
        tool = try Self.connect(path)
        files = try FileIdentity(path, tool.connection)
    }

    /// Opens a file's outbox, on a thread of its own.
    /// - Parameter path: Where the database is.
    /// - Returns: The outbox.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file is missing, not ours, damaged, of another
    ///   version, or merged from others: each of those sends its own rows.
    package static func open(at path: String) async throws(ExperimentError) -> FileOutbox {
        let queue = DatabaseQueue(label: "experiments.forwarding.open").queue
        let result: Result<FileOutbox, ExperimentError> = await withUnsafeContinuation { continuation in
            queue.async {
                continuation.resume(
                    returning: Result { () throws(ExperimentError) in
                        try translating("open") { try FileOutbox(DatabasePath(path)) }
                    })
            }
        }
        return try result.get()
    }

    private static func connect(_ path: DatabasePath) throws -> ToolConnection {
        let tool = try ToolConnection(path, creating: false, permissions: 0o600)
        guard try !EpochTable.isMerged(tool.connection) else {
            throw StorageFailure.file("the file was merged from others: forward from the servers' own files")
        }
        return tool
    }

    /// Opens the file anew where another one lies at the path, such as a backup that was put back, and says so: whoever asked
    /// has to begin at the place that this file knows.
    private func checkInPlace() throws {
        guard try !files.isUnchanged(path, tool.connection) else { return }
        stretch = nil
        tool = try Self.connect(path)
        files = try FileIdentity(path, tool.connection)
        throw StorageFailure.lost(
            "the database was replaced: what is sent goes on from the place in the file that is there now")
    }

    // MARK: Rows

    package func rows(
        after cursor: OutboxCursor, passing filter: EventFilter, limit: Int
    ) throws(ExperimentError) -> OutboxPage {
        try translating(Self.operation) {
            try checkInPlace()
            let snapshot = try tool.connection.beginSnapshot()
            let stretch = try stretch(holding: cursor)
            let page = try stretch.page(after: cursor, limit: limit, tool.connection)
            try snapshot.commit()
            self.stretch = stretch
            return page
        }
    }

    /// The stretch under way, or the next one where everything of it lies before the cursor.
    private func stretch(holding cursor: OutboxCursor) throws -> Stretch {
        if let stretch, !cursor.isAtOrPast(stretch.end) { return stretch }
        return try Stretch(after: cursor, tool.connection)
    }

    package func backlog(after cursor: OutboxCursor) throws(ExperimentError) -> Backlog {
        try translating(Self.operation) {
            let snapshot = try tool.connection.beginSnapshot()
            let backlog = try Stretch.backlog(after: cursor, tool.connection)
            try snapshot.commit()
            return backlog
        }
    }

    // MARK: Progress

    package func progress(of destination: DestinationName) throws(ExperimentError) -> DeliveryProgress {
        try translating(Self.operation) {
            try checkInPlace()
            if let progress = try DeliveryTable.progress(of: destination, tool.connection) { return progress }
            // From now on rows that it was not sent are kept.
            try change { try DeliveryTable.write(DeliveryProgress(), of: destination, $0) }
            return DeliveryProgress()
        }
    }

    /// Runs a change in a transaction of its own.
    private func change(_ body: (borrowing Connection) throws -> Void) throws {
        let lock = try tool.takeGuard()
        let transaction = try tool.connection.begin()
        try body(tool.connection)
        try transaction.commit()
        lock.release()
    }

    /// Forgets a destination: its place, and the rows that it refused.
    ///
    /// Rows do not wait for it any more.
    /// - Returns: Whether the file knew it.
    package func forget(_ destination: DestinationName) throws(ExperimentError) -> Bool {
        try translating(Self.operation) {
            try checkInPlace()
            guard try DeliveryTable.progress(of: destination, tool.connection) != nil else { return false }
            try change { try DeliveryTable.remove(destination, $0) }
            return true
        }
    }

    /// The destinations that the file knows, in the order of their names.
    package func destinations() throws(ExperimentError) -> [DestinationName] {
        try translating(Self.operation) { try DeliveryTable.destinations(tool.connection) }
    }

    package func commit(
        _ step: DeliveryStep, of destination: DestinationName
    ) throws(ExperimentError) -> Bool {
        // Rows were read from the file that is open; a file that was opened since has places of its own.
        guard stretch != nil || step.end == step.start else { return false }
        return try translating(Self.operation) {
            let lock = try tool.takeGuard()
            let transaction = try tool.connection.begin()
            var progress = try DeliveryTable.progress(of: destination, tool.connection) ?? DeliveryProgress()
            guard progress.cursor == step.start else { return false }
            progress.take(step)
            try DeliveryTable.write(progress, of: destination, tool.connection)
            try DeliveryTable.refuse(step.refused, at: step.atMicroseconds, by: destination, tool.connection)
            try transaction.commit()
            // Durable, but for a file that nobody opens any more: what was sent is sent again from the one at the path.
            guard try files.isUnchanged(path, tool.connection) else { return false }
            lock.release()
            try tool.checkpointIfLong()
            return true
        }
    }
}
