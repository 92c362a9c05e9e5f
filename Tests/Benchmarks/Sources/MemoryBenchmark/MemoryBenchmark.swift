import ExperimentStorage
import Experimentation
import Foundation
import Logging

/// Resident memory of a server after one million and after ten million recorded events.
///
///     swift run -c release --package-path Tests/Benchmarks MemoryBenchmark [EVENTS] [FOLDER]
@main
struct MemoryBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let events = arguments.count > 1 ? Int(arguments[1]) ?? 10_000_000 : 10_000_000
        let folder = arguments.count > 2 ? arguments[2] : FileManager.default.currentDirectoryPath
        let path = folder + "/memory-\(ProcessInfo.processInfo.processIdentifier).db"
        defer {
            for suffix in ["", "-wal", "-shm", "-owner", "-guard"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
        }
        var configuration = StoreConfiguration()
        configuration.logger.logLevel = .error
        let store = try await ExperimentStore.open(at: path, configuration: configuration)
        try await store.define(
            Experiment(
                id: "button", variants: [VariantDefinition("control", isControl: true), VariantDefinition("treatment")])
        )
        let steps = 10
        for step in 0..<steps {
            let first = step * events / steps
            let last = (step + 1) * events / steps
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<256 {
                    group.addTask {
                        for number in stride(from: first + caller, to: last, by: 256) {
                            try await store.recordOutcome(
                                OutcomeRecord(
                                    experiment: "button", metric: "revenue", value: .numeric(Double(number)),
                                    userID: "user-\(number)", timestampMicroseconds: 1_767_225_600_000_000))
                        }
                    }
                }
                try await group.waitForAll()
            }
            print("\(last) events: \(residentMegabytes()) MB resident")
        }
        await store.close()
    }

    static func residentMegabytes() -> String {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        let kilobytes = Double(line.split(separator: " ").dropFirst().first ?? "") ?? 0
        return String(format: "%.1f", kilobytes / 1024)
    }
}
