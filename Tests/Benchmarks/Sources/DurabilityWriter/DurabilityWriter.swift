import ExperimentStorage
import Experimentation
import Foundation
import Logging
import Synchronization

/// A server to be killed: records exposures with ids for ever, and prints `ACK id` when one is durable.
///
///     DurabilityWriter FOLDER [--events N] [--callers N] [--checkpoint-pages N]
///         [--durability power-loss|process-crash|enqueued]
///
/// It leaves when writing has stopped, or when nothing could be written for ten seconds. The log, on standard error,
/// tells of every checkpoint and of every new start of the write-ahead log.
///
/// `process-crash` under a power cut, and `enqueued` under any, lose acknowledged events: that is what a harness must
/// find when it is any good.
@main
struct DurabilityWriter {
    static func main() async {
        do { try await run() } catch {
            FileHandle.standardError.write(Data("ERR \(error)\n".utf8))
            exit(3)
        }
    }

    static func run() async throws {
        let arguments = CommandLine.arguments
        func option(_ name: String) -> String? {
            arguments.firstIndex(of: name).flatMap { arguments.indices.contains($0 + 1) ? arguments[$0 + 1] : nil }
        }
        var configuration = StoreConfiguration()
        configuration.checkpointPages = option("--checkpoint-pages").flatMap { Int($0) } ?? 20
        configuration.logger.handler = StreamLogHandler.standardError(label: "experiments.store")
        configuration.logger.logLevel = .debug
        switch option("--durability") {
        case "process-crash": configuration.durability = .processCrash
        case "enqueued": configuration.durability = .enqueued
        default: break
        }
        let events = option("--events").flatMap { Int($0) } ?? .max
        let store = try await ExperimentStore.open(at: arguments[1] + "/t.db", configuration: configuration)
        try await store.define(
            Experiment(
                id: "button", variants: [VariantDefinition("control", isControl: true), VariantDefinition("treatment")])
        )
        let process = String(UInt32.random(in: 0 ... .max), radix: 16)
        let next = Sequence()
        let patience = Duration.seconds(10)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<(option("--callers").flatMap { Int($0) } ?? 10) {
                group.addTask {
                    var lastSuccess = ContinuousClock.now
                    while true {
                        let number = next.next()
                        if number >= events { return }
                        let id = "\(process)-\(number)"
                        do throws(ExperimentError) {
                            try await store.recordExposure(
                                ExposureRecord(
                                    experiment: "button", variantID: "control", userID: "user\(number % 100)",
                                    timestamp: .now, id: id))
                            let line = "ACK \(id)\n"
                            _ = line.withCString { write(1, $0, strlen($0)) }
                            lastSuccess = .now
                        } catch {
                            // Not acknowledged: a client would try again later.
                            FileHandle.standardError.write(Data("ERR \(error)\n".utf8))
                            if case .backend(let failure) = error, failure.isTransient,
                                lastSuccess.duration(to: .now) < patience
                            {
                                try? await Task.sleep(for: .milliseconds(20))
                                continue
                            }
                            return
                        }
                    }
                }
            }
            await group.waitForAll()
        }
        await store.close()
    }
}

/// 0, 1, 2, … for all callers together.
final class Sequence: Sendable {
    private let value = Atomic<Int>(0)

    func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
}
