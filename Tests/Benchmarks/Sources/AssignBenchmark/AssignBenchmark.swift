import AllocationCounter
import ExperimentStorage
import Experimentation
import Foundation
import Logging

/// The cost of one `assign`, for an experiment of 21 bytes and users of 36.
///
/// Beside nothing but the hash; with every design on; among 10,000 experiments; and what reloading those takes. Medians
/// of interleaved rounds.
///
///     swift run -c release --package-path Tests/Benchmarks AssignBenchmark [ROUNDS]
@main
struct AssignBenchmark {
    static let experiment = "checkout_button_color"
    static let calls = 200_000

    static func main() async throws {
        let rounds = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 21 : 21
        let definition = try Experiment(
            id: experiment, variants: [VariantDefinition("control", isControl: true), VariantDefinition("treatment")])
        let folder = FileManager.default.temporaryDirectory.path
        let path = folder + "/assign-\(ProcessInfo.processInfo.processIdentifier).db"
        defer {
            for suffix in ["", "-wal", "-shm", "-owner", "-guard"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
        }
        var configuration = StoreConfiguration()
        configuration.logger.logLevel = .error
        let store = try await ExperimentStore.open(at: path, configuration: configuration)
        try await store.define(definition)
        let designed = try HashExperimentPlugin([designed], holdout: Holdout(share: 1e-12))
        try run(rounds, HashExperimentPlugin([definition]), designed, store)
        let many = try await ManyExperiments.define(10_000, store)
        try await ManyExperiments.run(rounds, many, store)
        await store.close()
        try await ManyExperiments.open(rounds, path, configuration)
        try VendorAssign.run(rounds, contexts(attributes: [:]))
    }

    /// Asks everything of a unit, and lets every one of these users in.
    static var designed: Experiment {
        get throws {
            try Experiment(
                id: experiment,
                variants: [VariantDefinition("control", isControl: true), VariantDefinition("treatment")],
                coverage: 1 - 1e-12, namespace: NamespaceClaim("checkout", from: 0, to: 1),
                overrides: [VariantOverride(unitID: "tester", variantID: "treatment")])
        }
    }

    /// Measures every way in turn, round by round, and prints the medians.
    static func run(
        _ rounds: Int, _ hash: HashExperimentPlugin, _ designed: HashExperimentPlugin, _ store: ExperimentStore
    ) throws {
        let plain = contexts(attributes: [:])
        let segmented = contexts(attributes: ["country": "nl", "plan": "a plan with a longer name"])
        let ids = plain.map { Array(($0.userID ?? "").text.utf8) }
        let ways: [(String, () throws -> Int)] = [
            ("the hash alone", { bareHash(ids) }),
            ("HashExperimentPlugin", { try count(hash, plain) }),
            ("HashExperimentPlugin, every design", { try count(designed, plain) }),
            ("HashExperimentPlugin, each context copied", { try countCopies(hash, plain) }),
            ("any ExperimentPlugin (hash)", { try countAny(hash, plain) }),
            ("ExperimentStore", { try count(store, plain) }),
            ("any ExperimentPlugin (store)", { try countAny(store, plain) }),
            ("ExperimentStore, two attributes", { try count(store, segmented) }),
            ("a heap string each, as a check", { strings(ids) }),
        ]
        var nanoseconds = ways.map { _ in [Double]() }
        var allocations = ways.map { _ in 0.0 }
        var answers = ways.map { _ in 0 }
        for _ in 0..<rounds {
            for (index, way) in ways.enumerated() {
                let before = allocation_count()
                let start = ContinuousClock.now
                answers[index] = try way.1()
                let time = start.duration(to: .now) / calls
                allocations[index] = Double(allocation_count() - before) / Double(calls)
                nanoseconds[index].append(Double(time.components.attoseconds) / 1e9)
            }
        }
        precondition(Set(answers.dropLast()).count == 1, "they disagree about who gets the control")
        print("| assign | ns, median | ns, best | allocations a call |")
        print("|---|---:|---:|---:|")
        for (index, way) in ways.enumerated() {
            let sorted = nanoseconds[index].sorted()
            let cells = [sorted[sorted.count / 2], sorted[0]].map { String(format: "%.1f", $0) }
            print("| \(way.0) | \(cells[0]) | \(cells[1]) | \(String(format: "%.5f", allocations[index])) |")
        }
    }

    /// A thousand users with ids of 36 bytes.
    static func contexts(attributes: [String: String]) -> [ExperimentContext] {
        (0..<1_000).map { number in
            let digits = String(number * 7_919 + 1_000_000)
            return ExperimentContext(userID: "6f1d2c3b-8a4e-4c5d-9e2f-00000" + digits, attributes: attributes)
        }
    }

    /// Every context is asked for so often in a row: a server has its context in hand, and to copy one out of an array
    /// costs half as much as an assignment.
    static let repeats = 20

    @inline(never)
    static func count(_ plugin: some ExperimentPlugin, _ contexts: [ExperimentContext]) throws -> Int {
        try count(plugin, experiment, contexts)
    }

    @inline(never)
    static func count(
        _ plugin: some ExperimentPlugin, _ experiment: String, _ contexts: [ExperimentContext]
    ) throws -> Int {
        var controls = 0
        for number in 0..<(calls / repeats) {
            let context = contexts[number % contexts.count]
            for _ in 0..<repeats where try plugin.assign(experiment, for: context).isControl { controls += 1 }
        }
        return controls
    }

    @inline(never)
    static func countCopies(_ plugin: some ExperimentPlugin, _ contexts: [ExperimentContext]) throws -> Int {
        var controls = 0
        for _ in 0..<(calls / contexts.count) {
            for context in contexts where try plugin.assign(experiment, for: context).isControl { controls += 1 }
        }
        return controls
    }

    @inline(never)
    static func countAny(_ plugin: any ExperimentPlugin, _ contexts: [ExperimentContext]) throws -> Int {
        var controls = 0
        for number in 0..<(calls / repeats) {
            let context = contexts[number % contexts.count]
            for _ in 0..<repeats where try plugin.assign(experiment, for: context).isControl { controls += 1 }
        }
        return controls
    }

    /// FNV-1a from the prefix's state, the finaliser and one comparison: what no implementation can do without.
    @inline(never)
    static func bareHash(_ ids: [[UInt8]]) -> Int {
        var prefix: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in (experiment + ":").utf8 { prefix = (prefix ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        var controls = 0
        for _ in 0..<(calls / ids.count) {
            for id in ids {
                var hash = prefix
                for byte in id { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
                hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
                hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
                if Double((hash ^ (hash >> 33)) >> 11) * 0x1p-53 < 0.5 { controls += 1 }
            }
        }
        return controls
    }

    /// One allocation a call, to see that they are counted.
    @inline(never)
    static func strings(_ ids: [[UInt8]]) -> Int {
        var bytes = 0
        for _ in 0..<(calls / ids.count) {
            for id in ids { bytes += String(decoding: id, as: UTF8.self).utf8.count }
        }
        return bytes
    }
}
