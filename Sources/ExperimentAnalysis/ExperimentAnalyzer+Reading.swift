import ExperimentDatabase
public import ExperimentDefinitions
public import Experimentation

extension ExperimentAnalyzer: ExperimentReading {
    /// Experiments of the file, as ``ExperimentDefinitions/ExperimentReading/list()`` says.
    public func list() throws(ExperimentError) -> ExperimentList { try inSnapshot { try DefinitionReader.list($0) } }

    /// Ids of the experiments, as ``ExperimentDefinitions/ExperimentReading/ids()`` says.
    public func ids() throws(ExperimentError) -> [ExperimentName] { try inSnapshot { try DefinitionReader.ids($0) } }

    /// Experiment of an id, as ``ExperimentDefinitions/ExperimentReading/experiment(_:)`` says.
    public func experiment(_ id: ExperimentName) throws(ExperimentError) -> StoredExperiment? {
        try inSnapshot { try DefinitionReader.find(id, $0) }
    }

    /// Definitions of the metrics, as ``ExperimentDefinitions/ExperimentReading/metrics()`` says.
    public func metrics() throws(ExperimentError) -> [MetricDefinition] {
        try inSnapshot { try MetricDefinitionTable.all($0) }
    }

    /// Holdout in force, as ``ExperimentDefinitions/ExperimentReading/holdout()`` says.
    public func holdout() throws(ExperimentError) -> Holdout? { try inSnapshot { try HoldoutTable.current($0) } }

    /// Phases whose rows a retention removed: no report has them, and stored nights say what they showed.
    /// - Returns: The phases, in order of the experiments' definition and of their numbers.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func retainedPhases() throws(ExperimentError) -> [RetainedPhase] {
        try inSnapshot { try RetainedPhaseTable.all($0) }
    }
}

extension ExperimentAnalyzer {
    /// Attributes of the last exposures only: in a busy file these have them all.
    private static let attributes = """
        SELECT DISTINCT j.key FROM (
            SELECT attributes FROM main.exposure_log WHERE attributes IS NOT NULL ORDER BY exposure_id DESC LIMIT 100000
        ) AS e, json_each(e.attributes) AS j
        WHERE j.atom IS NOT NULL ORDER BY j.key
        """

    private static let hasAttribute = """
        SELECT EXISTS (
            SELECT 1 FROM main.exposure_log AS e, json_each(e.attributes) AS j
            WHERE e.attributes IS NOT NULL AND j.key = ?1 AND j.atom IS NOT NULL)
        """

    /// Whether any exposure has an attribute; reads exposures until one has.
    /// - Parameter name: The attribute's name.
    /// - Returns: Whether one has.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func hasAttribute(_ name: AttributeName) throws(ExperimentError) -> Bool {
        try inSnapshot { connection in
            let row = try connection.query(Self.hasAttribute, name)
            return try row.step() && row.int(0) == 1
        }
    }

    /// The attributes that exposures have, in order; those of the last 100,000 exposures that have any.
    /// - Returns: Their names.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func attributeNames() throws(ExperimentError) -> [AttributeName] {
        try inSnapshot { connection in
            var names: [AttributeName] = []
            let rows = try connection.prepare(Self.attributes)
            while try rows.step() { names.append(rows.name(0)) }
            return names
        }
    }
}
