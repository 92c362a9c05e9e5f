import ExperimentDefinitions
import ExperimentStorage
import Experimentation

/// Where a command finds the experiment it is about.
protocol ExperimentFinding {
    /// One experiment; nil when there is none of that id.
    func experiment(_ id: ExperimentName) throws(ExperimentError) -> StoredExperiment?
    /// What experiments there are.
    func ids() throws(ExperimentError) -> [ExperimentName]
}

extension ExperimentReader: ExperimentFinding {}
extension ExperimentAdministrator: ExperimentFinding {}
