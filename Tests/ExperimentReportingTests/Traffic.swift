import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport

extension TestStore {
    /// Users who alternate between the variants, of whom `share` buy; a few have bought before.
    func traffic(
        _ experiment: Experiment, users: Int, days: Int = 7, metrics: [String] = ["purchase"],
        share: [Double] = [0.2, 0.3]
    ) async throws {
        var random = SplitMix(seed: UInt64(users))
        for index in 0..<users {
            let variant = index % experiment.design.variants.count
            let second = Int64(index % days) * 86_400
            let user = "\(experiment.id) user \(index)"
            try await store.recordExposure(
                Shop.exposure(
                    user, experiment.design.variants[variant].variantID.text, second: second,
                    experiment: experiment.id.text))
            for metric in metrics {
                let buys = random.chance(share[variant % share.count])
                if index % 3 == 0 {
                    try await store.recordOutcome(
                        Shop.outcome(
                            user, .numeric(Double.random(in: 0..<1, using: &random)), second: second - 60,
                            experiment: experiment.id.text,
                            metric: String(metric.prefix(40)) + " value"))
                }
                guard buys else { continue }
                try await store.recordOutcome(
                    Shop.outcome(user, .bool(true), second: second + 60, experiment: experiment.id.text, metric: metric)
                )
                try await store.recordOutcome(
                    Shop.outcome(
                        user, .numeric(Double.random(in: 0..<1, using: &random) * 100), second: second + 60,
                        experiment: experiment.id.text,
                        metric: String(metric.prefix(40)) + " value"))
            }
        }
    }
}

extension Shop {
    /// Names that would do harm if they were taken for anything but text.
    static let hostileNames = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert('1')>", "it's & <b>bold</b>",
        String(repeating: "W", count: 128), "تجربة الدفع", "=cmd|' /C calc'!A0", "a|b `c` *d* [e](f)",
        "</title></style>",
    ]
}
