import ExperimentStorage
import Experimentation
import Logging
import TestSupport

/// A server whose days a script calls one by one, so that a nightly job can run while the next day is recorded.
///
/// Each line of standard input is a day: it records that day's users, each with an exposure and an outcome, tries again
/// what a full disk refused, and answers with `DAY number records`, every one of them acknowledged.
struct Month {
    private static let day: Int64 = 86_400_000_000
    let path: String
    let usersPerDay: Int
    /// Days since 1970 of the first day.
    let firstDay: Int

    func run() async throws {
        let store = try await ExperimentStore.open(at: path, configuration: StoreProcess.quiet)
        var number = 0
        while readLine() != nil {
            let records = await record(day: number, store)
            print("DAY \(number) \(records)")
            OwnProcess.flushOutput()
            number += 1
        }
        await store.close()
    }

    /// Thirty-two callers share the day's users.
    private func record(day number: Int, _ store: ExperimentStore) async -> Int {
        await withTaskGroup(of: Int.self) { group in
            for caller in 0..<32 {
                group.addTask {
                    var records = 0
                    for user in stride(from: caller, to: usersPerDay, by: 32) {
                        records += await record(user, day: number, store)
                    }
                    return records
                }
            }
            return await group.reduce(0, +)
        }
    }

    private func record(_ user: Int, day number: Int, _ store: ExperimentStore) async -> Int {
        let context = ExperimentContext(userID: "user-\(number)-\(user)")
        let time = Int64(firstDay + number) * Self.day + Int64(user) * 1_000_000
        var records = 0
        for experiment in ["button", "banner"] {
            await retrying {
                let variant = try store.assign(experiment, for: context)
                // Ids make the second try safe.
                try await store.recordExposure(
                    ExposureRecord(
                        experiment: variant.experiment, variantID: variant.variantID, userID: context.userID,
                        timestampMicroseconds: time, id: "\(experiment)-\(number)-\(user)"))
            }
            records += 1
        }
        let value = Double((user * 7 + number) % 50)
        await retrying {
            try await store.recordOutcome(
                OutcomeRecord(
                    experiment: nil, metric: "revenue", value: .numeric(value), userID: context.userID,
                    timestampMicroseconds: time + 1_000_000, id: "revenue-\(number)-\(user)"))
        }
        return records + 1
    }

    /// Until it is acknowledged: a server would answer with an error, and its client would try again.
    private func retrying(_ body: () async throws -> Void) async {
        while true {
            do { return try await body() } catch { try? await Task.sleep(for: .milliseconds(20)) }
        }
    }
}
