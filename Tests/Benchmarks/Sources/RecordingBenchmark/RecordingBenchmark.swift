import ExperimentStorage
import Experimentation
import Foundation
import GRDB
import Logging
import RawSQLite

/// Durable recording beside raw SQLite C calls with batches of the same mean size, and beside GRDB with one transaction
/// an event; interleaved rounds on the same disk, median of the ratios.
///
///     swift run -c release --package-path Tests/Benchmarks RecordingBenchmark [ROUNDS] [FOLDER]
@main
struct RecordingBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let rounds = arguments.count > 1 ? Int(arguments[1]) ?? 15 : 15
        let folder = arguments.count > 2 ? arguments[2] : FileManager.default.currentDirectoryPath
        print("| callers | events | mean batch | ours, events/s | raw C | GRDB | ours ÷ raw C | ours ÷ GRDB |")
        print("|---:|---:|---:|---:|---:|---:|---:|---:|")
        for callers in [1, 64, 256, 1_024] {
            let events = callers == 1 ? 2_000 : 60_000
            var rows: [Round] = []
            for _ in 0..<rounds { rows.append(try await Round(callers: callers, events: events, folder: folder)) }
            let cells = [
                "\(callers)", "\(events)", format(median(rows.map(\.batch)), 1),
                format(median(rows.map(\.ours)), 0), format(median(rows.map(\.raw)), 0),
                format(median(rows.map(\.grdb)), 0), format(median(rows.map { $0.ours / $0.raw }), 2),
                format(median(rows.map { $0.ours / $0.grdb }), 1),
            ]
            print("| " + cells.joined(separator: " | ") + " |")
        }
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    static func format(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}

/// One round: ours, then the two baselines, each into a fresh file; rates in events a second.
struct Round {
    let ours: Double
    let batch: Double
    let raw: Double
    let grdb: Double

    init(callers: Int, events: Int, folder: String) async throws {
        let base = folder + "/benchmark-\(ProcessInfo.processInfo.processIdentifier)"
        defer { Self.remove(base) }
        (ours, batch) = try await Self.ours(base + "-ours.db", callers, events)
        try await Self.create(base + "-raw.db")
        raw = Double(events) / raw_sqlite_record(base + "-raw.db", Int32(events), Int32(batch.rounded()))
        try await Self.create(base + "-grdb.db")
        grdb = try Self.grdb(base + "-grdb.db", min(events, 3_000))
    }

    private static func remove(_ base: String) {
        for name in ["ours", "raw", "grdb"] {
            for suffix in ["", "-wal", "-shm", "-owner", "-guard"] {
                try? FileManager.default.removeItem(atPath: "\(base)-\(name).db\(suffix)")
            }
        }
    }

    private static func open(_ path: String) async throws -> ExperimentStore {
        try? FileManager.default.removeItem(atPath: path)
        var configuration = StoreConfiguration()
        configuration.logger.logLevel = .error
        let store = try await ExperimentStore.open(at: path, configuration: configuration)
        try await store.define(
            Experiment(
                id: "checkout_button_color",
                variants: [VariantDefinition("control", isControl: true), VariantDefinition("treatment")]))
        return store
    }

    private static func create(_ path: String) async throws {
        try await open(path).close()
    }

    private static func ours(_ path: String, _ callers: Int, _ events: Int) async throws -> (Double, Double) {
        let store = try await open(path)
        let each = events / callers
        let clock = ContinuousClock()
        let time = try await clock.measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<callers {
                    group.addTask {
                        for event in 0..<each {
                            let number = caller * each + event
                            try await store.recordExposure(
                                ExposureRecord(
                                    experiment: "checkout_button_color",
                                    variantID: number % 2 == 0 ? "control" : "treatment",
                                    userID: "\(UUIDText(number))",
                                    timestampMicroseconds: 1_767_225_600_000_000 + Int64(number)))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        await store.close()
        let reader = try DatabaseQueue(path: path)
        let batches = try await reader.read { try Int.fetchOne($0, sql: "SELECT batch FROM writer") ?? 1 }
        let written = try await reader.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM exposure_log") ?? 0 }
        precondition(written == each * callers)
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
        return (Double(written) / seconds, Double(written) / Double(batches))
    }

    private static func grdb(_ path: String, _ events: Int) throws -> Double {
        let pool = try DatabasePool(path: path)
        // A pool sets NORMAL by itself when it opens.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let clock = ContinuousClock()
        let time = try clock.measure {
            for event in 0..<events {
                try pool.write { database in
                    let statement = try database.cachedStatement(
                        sql: """
                            INSERT INTO exposure_log (phase_id, variant_id, enrollment, timestamp_us, user_id)
                            VALUES (1, ?, 0, ?, ?)
                            """)
                    try statement.execute(arguments: [
                        1 + event % 2, 1_767_225_600_000_000 + event, UUIDText(event).description,
                    ])
                }
            }
        }
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
        return Double(events) / seconds
    }
}

/// A user id of 36 bytes, made from a number.
struct UUIDText: CustomStringConvertible {
    let description: String

    init(_ number: Int) {
        let digits = String(number, radix: 16)
        description = "0000002a-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }
}
