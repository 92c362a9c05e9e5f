import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport

extension TestStore {
    /// Two experiments, on users and on sessions, that the messy events are about.
    static func messy(metrics: [MetricDefinition] = []) async throws -> TestStore {
        let session = try Experiment(
            id: "search", unit: .session,
            variants: [VariantDefinition("old", isControl: true), VariantDefinition("new", weight: 2)])
        return try await TestStore(.quiet(.processCrash), defining: [Shop.button(), session], metrics: metrics)
    }

    /// Records an exposure or an outcome of few users and sessions within few microseconds: repeats, crossovers, testers,
    /// rows without an id, before and after; where records need not say all, also exposures without enrollment or phase.
    func recordMess(_ random: inout SplitMix, saysAll: Bool = true) async throws {
        let user = random.chance(0.9) ? "id\(random.below(40))" : nil
        let sessionID = random.chance(0.8) ? "id\(random.below(60))" : nil
        let time = Shop.start + Int64(random.below(50))
        if random.chance(0.4) {
            let isButton = random.chance(0.5)
            let variants = isButton ? ["control", "treatment"] : ["old", "new"]
            let settled = (user ?? sessionID ?? "").utf8.reduce(0) { $0 + Int($1) } % 2
            try await store.recordExposure(
                ExposureRecord(
                    experiment: isButton ? "button" : "search",
                    variantID: variants[random.chance(0.9) ? settled : 1 - settled], userID: user,
                    timestampMicroseconds: time, sessionID: sessionID,
                    enrollment: !saysAll && random.chance(0.7)
                        ? nil : random.chance(0.8) ? .enrolled : Enrollment.allCases[random.below(4)],
                    phase: saysAll || random.chance(0.7) ? nil : 1 + random.below(3)))
        } else {
            let value: OutcomeValue =
                switch random.below(3) {
                case 0: .bool(random.chance(0.6))
                case 1: .count(Int64(random.below(9)) - 4)
                default: .numeric(Double(random.below(1_000)) / 7 - 20)
                }
            try await store.recordOutcome(
                OutcomeRecord(
                    experiment: [nil, "button", "search"][random.below(3)], metric: ["m", "n"][random.below(2)],
                    value: value, userID: user, timestampMicroseconds: time, sessionID: sessionID))
        }
    }
}
