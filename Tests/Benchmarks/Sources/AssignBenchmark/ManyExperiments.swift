import ExperimentDefinitions
import ExperimentStorage
import Experimentation
import Foundation
import Synchronization

/// A file of many experiments: what assigning costs among them, and how soon a change of one, or of all, is in force.
enum ManyExperiments {
    /// Defines experiments in one transaction; one in ten has a design of its own.
    static func define(_ count: Int, _ store: ExperimentStore) async throws -> [String] {
        let experiments = try (0..<count).map { number in
            try Experiment(
                id: "experiment_number_\(number)",
                variants: [VariantDefinition("control", isControl: true), VariantDefinition("treatment")],
                goals: ["purchase"], coverage: number % 10 == 0 ? 0.5 : 1,
                namespace: number % 10 == 1 ? NamespaceClaim("page \(number)", from: 0, to: 0.5) : nil,
                overrides: number % 10 == 2 ? [VariantOverride(unitID: "tester", variantID: "treatment")] : [])
        }
        let start = ContinuousClock.now
        try await store.apply(
            Definitions(experiments: experiments.map { Definitions.DefinedExperiment($0, status: nil) }))
        print("\n\(count) experiments defined in \(start.duration(to: .now))")
        return experiments.map(\.id.text)
    }

    /// Prints what one assignment costs among them, and how long changing one of them takes meanwhile.
    static func run(_ rounds: Int, _ ids: [String], _ store: ExperimentStore) async throws {
        let contexts = AssignBenchmark.contexts(attributes: [:])
        var one: [Double] = []
        var each: [Double] = []
        for _ in 0..<rounds {
            one.append(
                try nanoseconds(a: AssignBenchmark.calls) {
                    try AssignBenchmark.count(store, ids[7], contexts)
                })
            each.append(
                try nanoseconds(a: AssignBenchmark.calls) {
                    try countInTurn(store, ids, contexts)
                })
        }
        print("assign among them: \(text(one)) ns when one is asked for, \(text(each)) ns when all are in turn")
        let quiet = try await changes(rounds, "quiet", store)
        print("a change, durable and in force: \(text(quiet.wall)) ms, of processor time \(text(quiet.processor)) ms")
        let many = try await changes(rounds, "many", store, of: 100)
        print("a change of a hundred at once: \(text(many.wall)) ms")
        let busy = Task.detached { try longest(of: store, ids[7], contexts, while: { !Task.isCancelled }) }
        let reloads = try await changes(rounds, "busy", store).wall
        busy.cancel()
        let waits = try await busy.value.sorted()
        print("a change while another thread assigns without a pause: \(text(reloads)) ms")
        let percentile = waits[waits.count * 9_999 / 10_000]
        print(
            "assign meanwhile, \(waits.count) calls: 99.99 % within \(String(format: "%.1f", percentile)) µs, "
                + "at most \(String(format: "%.1f", waits.last ?? 0)) µs")
    }

    /// Prints how long it takes until a server that begins anew assigns: every experiment is read and made ready.
    static func open(_ rounds: Int, _ path: String, _ configuration: StoreConfiguration) async throws {
        var times: [Double] = []
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            let store = try await ExperimentStore.open(at: path, configuration: configuration)
            times.append(milliseconds(start.duration(to: .now)))
            await store.close()
            // What the one before had in memory is given back by another thread.
            try await Task.sleep(for: .milliseconds(20))
        }
        print("to read them all, opening the file: \(text(times)) ms")
    }

    /// Changes one experiment, or several at once, again and again; how long each takes, on the wall and of the process's
    /// processor time.
    private static func changes(
        _ rounds: Int, _ goal: String, _ store: ExperimentStore, of count: Int = 1
    ) async throws -> (wall: [Double], processor: [Double]) {
        var wall: [Double] = []
        var processor: [Double] = []
        for round in 0..<rounds {
            let changed = try (0..<count).map { number in
                let experiment = try Experiment(
                    id: "changing \(number)",
                    variants: [VariantDefinition("control", isControl: true), VariantDefinition("treatment")],
                    goals: ["\(goal) \(round)"])
                return Definitions.DefinedExperiment(experiment, status: nil)
            }
            let start = ContinuousClock.now
            let used = clock()
            try await store.apply(Definitions(experiments: changed))
            wall.append(milliseconds(start.duration(to: .now)))
            processor.append(Double(clock() - used) / Double(CLOCKS_PER_SEC) * 1_000)
        }
        return (wall, processor)
    }

    /// The time of each of many calls, in µs.
    private static func longest(
        of store: ExperimentStore, _ id: String, _ contexts: [ExperimentContext], while goesOn: () -> Bool
    ) throws -> [Double] {
        var times: [Double] = []
        while goesOn() {
            for context in contexts {
                let start = ContinuousClock.now
                _ = try store.assign(id, for: context)
                times.append(milliseconds(start.duration(to: .now)) * 1_000)
            }
        }
        return times
    }

    /// Asks for another experiment each time, so that none of it is in the processor's nearest memory.
    @inline(never)
    private static func countInTurn(
        _ store: ExperimentStore, _ ids: [String], _ contexts: [ExperimentContext]
    ) throws -> Int {
        var controls = 0
        for call in 0..<AssignBenchmark.calls
        where try store.assign(ids[call * 7_919 % ids.count], for: contexts[call % contexts.count]).isControl {
            controls += 1
        }
        return controls
    }

    private static func nanoseconds(a calls: Int, _ body: () throws -> Int) rethrows -> Double {
        let start = ContinuousClock.now
        let controls = try body()
        let time = start.duration(to: .now) / calls
        precondition(controls > 0)
        return Double(time.components.attoseconds) / 1e9
    }

    private static func milliseconds(_ time: Duration) -> Double {
        Double(time.components.seconds) * 1e3 + Double(time.components.attoseconds) / 1e15
    }

    private static func text(_ values: [Double]) -> String {
        let sorted = values.sorted()
        return String(format: "%.1f (best %.1f)", sorted[sorted.count / 2], sorted[0])
    }
}
