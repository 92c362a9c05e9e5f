extension ExperimentStore {
    /// How often each of ``StoreConfiguration/shadows`` would have answered otherwise than this store did.
    ///
    /// The same numbers go to the metrics system as `experiments_shadow_disagreements_total`, by `experiment`.
    public var shadowCounts: [ShadowCount] { core.shadow?.counts ?? [] }
}
