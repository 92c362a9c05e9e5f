extension Experiment {
    /// Whether two definitions are the same, ids byte for byte.
    public static func == (left: Experiment, right: Experiment) -> Bool {
        left.id.isSameBytes(as: right.id) && left.status == right.status && left.unit == right.unit
            && left.variants == right.variants && left.winner.isSameBytes(as: right.winner)
            && left.goals.elementsEqual(right.goals) { $0.isSameBytes(as: $1) }
            && left.guardrails == right.guardrails && left.plan == right.plan && left.coverage == right.coverage
            && left.namespace == right.namespace && left.overrides == right.overrides
            && left.startsAt == right.startsAt && left.endsAt == right.endsAt && left.algorithm == right.algorithm
            && left.seed.isSameBytes(as: right.seed) && left.settings.isSameBytes(as: right.settings)
    }

    /// Hashes the bytes of the id.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteString(id))
    }
}
