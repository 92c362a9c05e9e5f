package import Experimentation

/// A small set of definitions that tests share.
package enum Shop {
    /// A 50/50 test on users.
    package static func button(
        _ id: String = "button", status: ExperimentStatus = .running, weights: (Double, Double) = (1, 1)
    ) throws -> Experiment {
        try Experiment(
            id: id, status: status,
            variants: [
                VariantDefinition("control", weight: weights.0, isControl: true),
                VariantDefinition("treatment", weight: weights.1),
            ])
    }

    /// An exposure of a user, `second` seconds after the start of 2026.
    package static func exposure(
        _ user: String?, _ variant: String = "control", second: Int64 = 0, experiment: String = "button",
        phase: Int? = nil, id: String? = nil
    ) -> ExposureRecord {
        ExposureRecord(
            experiment: experiment, variantID: variant, userID: user, timestampMicroseconds: start + second * 1_000_000,
            phase: phase, id: id)
    }

    /// An outcome of a user, `second` seconds after the start of 2026.
    package static func outcome(
        _ user: String?, _ value: OutcomeValue = .numeric(1), second: Int64 = 0, experiment: String? = "button",
        metric: String = "revenue", id: String? = nil
    ) -> OutcomeRecord {
        OutcomeRecord(
            experiment: experiment, metric: metric, value: value, userID: user,
            timestampMicroseconds: start + second * 1_000_000, id: id)
    }

    /// The records of a caller of a server under load in a round: something shown, then measured, in this order.
    package static func round(_ number: Int, of caller: Int) -> (shown: ExposureRecord, measured: [OutcomeRecord]) {
        let user = "user\(caller)-\(number % 7)"
        let second = Int64(number)
        return (
            exposure(user, caller % 2 == 0 ? "control" : "treatment", second: second),
            [
                outcome(user, .numeric(Double(number % 13)), second: second * 2 % 19),
                outcome(user, .bool(number % 3 == 0), experiment: nil, metric: "purchase"),
            ]
        )
    }

    /// 2026-01-01T00:00:00Z in µs since 1970.
    package static let start: Int64 = 1_767_225_600_000_000
}
