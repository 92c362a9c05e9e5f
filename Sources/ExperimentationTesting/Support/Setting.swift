import Experimentation

/// What is defined in a backend when a promise is checked on it.
struct Setting: Sendable {
    var experiments: [Experiment]
    var holdout: Holdout?

    /// The same with another definition of one of the experiments.
    func redefining(_ experiment: Experiment) -> Setting {
        var setting = self
        setting.experiments = experiments.map { $0.id == experiment.id ? experiment : $0 }
        return setting
    }

    /// What every backend gets, whatever of designs it can do.
    static func plain() throws(ExperimentError) -> Setting { Setting(experiments: try Definitions.all()) }
}
