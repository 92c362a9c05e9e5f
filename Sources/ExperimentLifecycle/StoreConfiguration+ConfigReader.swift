public import Configuration
public import ExperimentStorage
public import Experimentation

extension StoreConfiguration {
    /// Reads the settings of a store; what is absent keeps its default.
    ///
    /// | key | value |
    /// |---|---|
    /// | `durability` | `power_loss`, `process_crash` or `enqueued` |
    /// | `queue.capacity`, `queue.bytes` | whole numbers |
    /// | `queue.when_full` | `wait` or `reject` |
    /// | `owner_wait_seconds`, `definition_refresh_seconds` | numbers |
    /// | `when_owned` | `wait` or `join` |
    /// | `repeat_suppression_seconds`, `repeat_limit` | numbers; without the first every exposure is stored |
    /// | `checkpoint_pages` | a whole number |
    /// | `name` | what the store is called in logs and metrics |
    ///
    /// Give a reader of the keys' own scope: `StoreConfiguration(reading: config.scoped(to: "experiments.store"))`.
    /// - Parameter config: Where the settings are.
    /// - Throws: ``Experimentation/ExperimentError/invalidContext(_:)`` for a word that is none of those.
    public init(reading config: ConfigReader) throws(ExperimentError) {
        self.init()
        durability = try Self.word(
            config, "durability",
            ["power_loss": .powerLoss, "process_crash": .processCrash, "enqueued": .enqueued], durability)
        queueCapacity = config.int(forKey: "queue.capacity", default: queueCapacity)
        queueBytes = config.int(forKey: "queue.bytes", default: queueBytes)
        whenQueueIsFull = try Self.word(
            config, "queue.when_full", ["wait": .wait, "reject": .reject], whenQueueIsFull)
        whenOwned = try Self.word(config, "when_owned", ["wait": .wait, "join": .join], whenOwned)
        if let seconds = config.double(forKey: "owner_wait_seconds") { ownerWait = .seconds(seconds) }
        if let seconds = config.double(forKey: "definition_refresh_seconds") { definitionRefresh = .seconds(seconds) }
        if let seconds = config.double(forKey: "repeat_suppression_seconds") { repeatSuppression = .seconds(seconds) }
        repeatLimit = config.int(forKey: "repeat_limit", default: repeatLimit)
        checkpointPages = config.int(forKey: "checkpoint_pages", default: checkpointPages)
        name = config.string(forKey: "name") ?? name
    }

    private static func word<Value>(
        _ config: ConfigReader, _ key: ConfigKey, _ values: [String: Value], _ standard: Value
    ) throws(ExperimentError) -> Value {
        guard let word = config.string(forKey: key) else { return standard }
        if let value = values[word] { return value }
        throw .invalidContext(
            InvalidInput(
                field: key.components.joined(separator: "."),
                rule: "must be one of \(values.keys.sorted().joined(separator: ", "))"))
    }
}
