import ExperimentForwarding
import ExperimentStorage
import Experimentation
import Foundation

/// How many outcomes a second 64 callers get acknowledged as durable, with their rows forwarded in the same process and
/// without, in interleaved rounds.
struct RecordingRounds {
    private static let callers = 64
    private static let duration = Duration.seconds(3)

    let folder: String
    let address: EndpointAddress
    let rounds: Int

    func run() async throws {
        var (with, without): ([Double], [Double]) = ([], [])
        for round in 0..<rounds {
            without.append(try await rate("\(folder)/without-\(round).db", isForwarding: false))
            with.append(try await rate("\(folder)/with-\(round).db", isForwarding: true))
        }
        let ratio = zip(with, without).map { $0 / $1 }.sorted()[rounds / 2]
        print("durable outcomes a second: \(Int(without.sorted()[rounds / 2])) without forwarding,", terminator: " ")
        print("\(Int(with.sorted()[rounds / 2])) with, median of ratios \(String(format: "%.2f", ratio))")
    }

    private func rate(_ path: String, isForwarding: Bool) async throws -> Double {
        let store = try await ForwardingBenchmark.store(path, .powerLoss)
        let destination = try Destination("ndjson", to: .ndjson(NDJSONEndpoint(address: address)))
        let service = try await ForwardingService.open(
            database: path, to: [destination], logger: ForwardingBenchmark.quiet)
        let forwarding = isForwarding ? Task { await service.run() } : nil
        let end = ContinuousClock.now + Self.duration
        let acknowledged = try await withThrowingTaskGroup(of: Int.self) { group in
            for caller in 0..<Self.callers {
                group.addTask {
                    var count = 0
                    while ContinuousClock.now < end {
                        try await store.recordOutcome(
                            OutcomeRecord(
                                experiment: nil, metric: "purchase", value: .numeric(1), userID: "\(caller)-\(count)",
                                timestampMicroseconds: 1_767_603_600_000_000 + Int64(count)))
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        forwarding?.cancel()
        await forwarding?.value
        if forwarding == nil { await service.close() }
        await store.close()
        return Double(acknowledged) / (Self.duration / .seconds(1))
    }
}
