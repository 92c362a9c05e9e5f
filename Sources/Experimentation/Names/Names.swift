/// The id of an experiment: 1 to 128 bytes.
public typealias ExperimentName = Name<Experiment>

/// The id of a variant, unique in its experiment: 1 to 128 bytes.
public typealias VariantName = Name<Variant>

/// The name of a metric, which with its kind is its identity: 1 to 128 bytes.
public typealias MetricName = Name<MetricDefinition>

/// The id of a user or a session: 1 to 1,024 bytes without U+0000.
public typealias UnitID = Name<ExperimentUnit>

/// The name of the global holdout, which is hashed: 1 to 128 bytes.
public typealias HoldoutName = Name<Holdout>

/// The name of a namespace, which is hashed: 1 to 128 bytes.
public typealias NamespaceName = Name<NamespaceClaim>

/// The text that is hashed before the unit's id, mostly the text of the experiment's own id: 1 to 128 bytes.
public typealias Seed = Name<Named.Seed>

/// The id of an exposure or an outcome, unique in its log: 1 to 64 bytes without U+0000.
public typealias RecordID = Name<Named.Record>

/// The name of a fact about a unit, such as `country`; any text.
public typealias AttributeName = Name<Named.Attribute>

/// The value of a fact about a unit, such as `nl`, and so the name of the segment of these units; any text.
public typealias AttributeValue = Name<Named.AttributeValue>

/// The effect that an experiment is believed to show and why, as its owner wrote it: 1 to 1,024 bytes.
public typealias Hypothesis = Name<Named.Hypothesis>

/// The name of whoever answers for an experiment: 1 to 128 bytes.
public typealias OwnerName = Name<Named.Owner>

/// The marks of names that name nothing with a type of its own.
public enum Named {
    /// The mark of a ``Seed``.
    public enum Seed {}
    /// The mark of a ``RecordID``.
    public enum Record {}
    /// The mark of an ``AttributeName``.
    public enum Attribute {}
    /// The mark of an ``AttributeValue``.
    public enum AttributeValue {}
    /// The mark of a ``Hypothesis``.
    public enum Hypothesis {}
    /// The mark of an ``OwnerName``.
    public enum Owner {}
}
