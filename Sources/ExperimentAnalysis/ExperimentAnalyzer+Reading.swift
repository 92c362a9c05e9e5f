import ExperimentDatabase
public import ExperimentDefinitions
public import Experimentation

extension ExperimentAnalyzer: ExperimentReading {
    /// As ``ExperimentDefinitions/ExperimentReading/list()`` says.
    public func list() throws(ExperimentError) -> ExperimentList { try inSnapshot { try DefinitionReader.list($0) } }

    /// As ``ExperimentDefinitions/ExperimentReading/ids()`` says.
    public func ids() throws(ExperimentError) -> [ExperimentName] { try inSnapshot { try DefinitionReader.ids($0) } }

    /// As ``ExperimentDefinitions/ExperimentReading/experiment(_:)`` says.
    public func experiment(_ id: ExperimentName) throws(ExperimentError) -> StoredExperiment? {
        try inSnapshot { try DefinitionReader.find(id, $0) }
    }

    /// As ``ExperimentDefinitions/ExperimentReading/metrics()`` says.
    public func metrics() throws(ExperimentError) -> [MetricDefinition] {
        try inSnapshot { try MetricDefinitionTable.all($0) }
    }

    /// As ``ExperimentDefinitions/ExperimentReading/holdout()`` says.
    public func holdout() throws(ExperimentError) -> Holdout? { try inSnapshot { try HoldoutTable.current($0) } }
}
