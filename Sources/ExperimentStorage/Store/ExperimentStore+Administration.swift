import ExperimentDatabase
public import ExperimentDefinitions
public import Experimentation

extension ExperimentStore: ExperimentAdministering {
    /// As ``ExperimentAdministering/apply(_:openingPhases:)`` says.
    @discardableResult
    public func apply(
        _ definitions: Definitions, openingPhases: PhaseOpening? = nil
    ) async throws(ExperimentError) -> [DefinitionChange] {
        let applied = try await administer("define") { connection in
            try Administration.apply(openingPhases: openingPhases, algorithms, connection) { _ in definitions }
        }
        if let refusal = applied.changes.lazy.flatMap(\.refusals).first { throw refusal }
        return applied.movesNobody
            ? applied.changes : try await reading("define") { try applied.countingMoves($0) }
    }

    /// As ``ExperimentAdministering/plan(_:openingPhases:)`` says.
    public func plan(
        _ definitions: Definitions, openingPhases: PhaseOpening? = nil
    ) async throws(ExperimentError) -> [DefinitionChange] {
        let algorithms = algorithms
        let seen = try await reading("plan") { connection in
            try Administration.look(openingPhases: openingPhases, algorithms, connection) { _ in definitions }?
                .countingMoves(connection)
        }
        if let seen { return seen }
        let planned = try await administer("plan") { connection in
            try Administration.apply(openingPhases: openingPhases, algorithms, isPlan: true, connection) { _ in
                definitions
            }
        }
        return try await reading("plan") { try planned.countingMoves($0) }
    }

    /// As ``ExperimentDefinitions/ExperimentReading/list()`` says.
    public func list() async throws(ExperimentError) -> ExperimentList {
        try await administer("list") { try DefinitionReader.list($0) }
    }

    /// As ``ExperimentDefinitions/ExperimentReading/ids()`` says.
    public func ids() async throws(ExperimentError) -> [ExperimentName] {
        try await administer("list") { try DefinitionReader.ids($0) }
    }

    /// As ``ExperimentDefinitions/ExperimentReading/experiment(_:)`` says.
    public func experiment(_ id: ExperimentName) async throws(ExperimentError) -> StoredExperiment? {
        try await administer("read") { try DefinitionReader.find(id, $0) }
    }

    /// As ``ExperimentDefinitions/ExperimentReading/metrics()`` says.
    public func metrics() async throws(ExperimentError) -> [MetricDefinition] {
        try await administer("list") { try MetricDefinitionTable.all($0) }
    }

    /// As ``ExperimentDefinitions/ExperimentReading/holdout()`` says.
    public func holdout() async throws(ExperimentError) -> Holdout? {
        try await administer("list") { try HoldoutTable.current($0) }
    }

    /// As ``ExperimentAdministering/openPhase(of:_:)`` says.
    @discardableResult
    public func openPhase(
        of experiment: ExperimentName, _ opening: PhaseOpening
    ) async throws(ExperimentError) -> StoredExperiment {
        try await administer("open a phase") { try Administration.openPhase(experiment, opening, $0) }
    }

    /// As ``ExperimentAdministering/start(_:)`` says.
    @discardableResult
    public func start(_ experiment: ExperimentName) async throws(ExperimentError) -> StatusChange {
        try await administer("start") { try Administration.start(experiment, $0) }
    }

    /// As ``ExperimentAdministering/stop(_:winner:)`` says.
    @discardableResult
    public func stop(
        _ experiment: ExperimentName, winner: VariantName? = nil
    ) async throws(ExperimentError) -> StatusChange {
        try await administer("stop") { try Administration.stop(experiment, winner: winner, $0) }
    }
}
