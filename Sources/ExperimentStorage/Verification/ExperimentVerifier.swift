import ExperimentDatabase
public import ExperimentDefinitions
public import Experimentation

/// Checks that a file is whole and says what it should, beside a running server or without one; changes nothing.
///
/// Every call reads as of its own moment and blocks. Memory does not grow with the rows. Use it from one thread.
public final class ExperimentVerifier: ExperimentReading {
    private static let integrity = "PRAGMA integrity_check(20)"
    private static let references = "PRAGMA foreign_key_check"

    private let path: DatabasePath
    private let connection: Connection
    private let algorithms: AssignmentAlgorithms

    /// Opens a file: one of this library, whose schema scripts are the library's own.
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - algorithms: The algorithms that experiments may name.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file is missing, not ours, of another version or
    ///   made by other scripts, or too damaged to be opened.
    public init(at path: String, algorithms: AssignmentAlgorithms = .standard) throws(ExperimentError) {
        self.path = try translating("open") { try DatabasePath(path) }
        let file = self.path
        connection = try translating("open") { try DatabaseFile.openForReading(file) }
        self.algorithms = algorithms
    }

    /// Whether users other than its owner and group may write the file or its folder.
    public var isOpenToOthers: Bool { !DatabaseFile.openToOthers(path).isEmpty }

    /// The version of the file's schema.
    public static var schemaVersion: Int { Int(Schema.version) }

    /// The damage that SQLite finds in the file's pages, indexes and types; reads the whole file.
    /// - Returns: At most 20 sentences without user data; none when all is well.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func damages() throws(ExperimentError) -> [String] {
        try checking {
            var found: [String] = []
            let rows = try connection.prepare(Self.integrity)
            while try rows.step() {
                found += rows.text(0).split(separator: "\n").map(String.init)
            }
            return found == ["ok"] ? [] : found
        }
    }

    /// The tables with rows that refer to a row that is not there.
    /// - Returns: A sentence for each table and the table it refers to.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func brokenReferences() throws(ExperimentError) -> [String] {
        try checking {
            var counts: [String: Int] = [:]
            let rows = try connection.prepare(Self.references)
            while try rows.step() {
                counts["\(rows.text(0)) that name no \(rows.text(2))", default: 0] += 1
            }
            return counts.sorted { $0.key < $1.key }.map { "\($0.value) rows of \($0.key)" }
        }
    }

    /// The differences of the tables, views, indexes and triggers from what the library's scripts make.
    /// - Returns: Sentences: what is wrong, and what is only somebody's own beside them.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func compareSchema() throws(ExperimentError) -> (problems: [String], additions: [String]) {
        try checking {
            var (problems, additions): ([String], [String]) = ([], [])
            for difference in try SchemaDifference.all(connection) {
                let text = "the \(difference.type) \(difference.name) is \(difference.kind.rawValue)"
                // A trigger of somebody else's changes what is recorded.
                if difference.kind == .foreign, difference.type != "trigger" {
                    additions.append(text)
                } else {
                    problems.append(text)
                }
            }
            return (problems, additions)
        }
    }

    /// Whether the definitions of every phase can be read and belong together.
    /// - Returns: The phases that can be read, and what is wrong with others.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func checkDefinitions() throws(ExperimentError) -> (phases: Int, problems: [String]) {
        try checking {
            let (phases, damaged) = try DefinitionReader.phases(connection)
            let violations = try DefinitionRules.violations(connection)
            return (phases.count, damaged.map(\.reason) + violations.map { "not true: \($0.rule)" })
        }
    }

    /// Whether every exposure keeps the rules of records.
    /// - Returns: The rows and the rules they break.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func checkExposures() throws(ExperimentError) -> LogCheck {
        try checking { try LogRules.exposures.check(connection) }
    }

    /// Whether every outcome keeps the rules of records.
    /// - Returns: The rows and the rules they break.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func checkOutcomes() throws(ExperimentError) -> LogCheck {
        try checking { try LogRules.outcomes.check(connection) }
    }

    /// Whether every link keeps the rules of records.
    /// - Returns: The rows and the rules they break.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func checkLinks() throws(ExperimentError) -> LogCheck {
        try checking { try LogRules.links.check(connection) }
    }

    /// The receipts of all removals of rows, in order.
    /// - Returns: The receipts.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func removals() throws(ExperimentError) -> [Removal] { try checking { try RemovalTable.all(connection) } }

    /// Assigns the unit of every enrolled exposure once more, by the stored definition of its phase.
    ///
    /// A disagreement is no damage: records are trusted, and an imported history was assigned elsewhere.
    /// - Parameter examples: How many disagreements of a phase are returned one by one.
    /// - Returns: One entry a phase, in order of definition.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func replayAssignment(examples: Int = 5) throws(ExperimentError) -> [PhaseReplay] {
        try checking {
            var replay = AssignmentReplay(
                try DefinitionReader.phases(connection).phases, algorithms, examples: examples)
            return try replay.run(connection)
        }
    }

    /// Reads all experiments, as ``ExperimentDefinitions/ExperimentReading/list()`` says.
    public func list() throws(ExperimentError) -> ExperimentList {
        try checking { try DefinitionReader.list(connection) }
    }

    /// Reads the ids of all experiments, as ``ExperimentDefinitions/ExperimentReading/ids()`` says.
    public func ids() throws(ExperimentError) -> [ExperimentName] {
        try checking { try DefinitionReader.ids(connection) }
    }

    /// Reads one experiment, as ``ExperimentDefinitions/ExperimentReading/experiment(_:)`` says.
    public func experiment(_ id: ExperimentName) throws(ExperimentError) -> StoredExperiment? {
        try checking { try DefinitionReader.find(id, connection) }
    }

    /// Reads all metrics, as ``ExperimentDefinitions/ExperimentReading/metrics()`` says.
    public func metrics() throws(ExperimentError) -> [MetricDefinition] {
        try checking { try MetricDefinitionTable.all(connection) }
    }

    /// Reads the global holdout, as ``ExperimentDefinitions/ExperimentReading/holdout()`` says.
    public func holdout() throws(ExperimentError) -> Holdout? { try checking { try HoldoutTable.current(connection) } }

    /// Runs a check in one read transaction.
    private func checking<Value>(_ body: () throws -> Value) throws(ExperimentError) -> Value {
        try translating("verify") {
            let snapshot = try connection.begin(.deferred)
            let value = try body()
            try snapshot.commit()
            return value
        }
    }
}
