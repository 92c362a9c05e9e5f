import ArgumentParser
import ExperimentDefinitions
import ExperimentPlatform
import ExperimentStorage
import ExperimentVendors
import Experimentation
import SystemPackage

/// The option every command has: which file.
struct DatabaseOptions: ParsableArguments {
    /// The variable that names the file where the command line does not.
    static let variable = "EXPERIMENTS_DATABASE"

    @Option(
        name: [.customLong("database"), .customShort("d")],
        help: "The database file; the environment's \(Self.variable) if not given.", completion: .file())
    private var argument: String?

    /// The path; ``validate()`` sees to it that there is one.
    var database: String { argument ?? Self.standard ?? "" }

    /// The path in the environment.
    static var standard: String? {
        guard let path = ThisProcess.environment(variable), !path.isEmpty else { return nil }
        return path
    }

    func validate() throws {
        guard argument ?? Self.standard != nil else {
            throw ValidationError("Say which file: --database FILE, or \(Self.variable) in the environment.")
        }
    }

    /// Opens the file without being able to change it.
    func reader() throws(Failure) -> ExperimentReader {
        try checkExistence()
        return try translating(ExperimentReader.open(at: database, algorithms: .vendors))
    }

    /// Opens the file to change it, beside a running server or without one.
    func administrator(
        creating isCreating: Bool = false, at path: String? = nil
    ) throws(Failure) -> ExperimentAdministrator {
        if !isCreating { try checkExistence() }
        return try translating(
            ExperimentAdministrator.open(at: path ?? database, creating: isCreating, algorithms: .vendors))
    }

    /// Finds one experiment and reads no other, or says which one was probably meant.
    func find(_ id: ExperimentName, in file: ExperimentReader) throws(Failure) -> StoredExperiment {
        let found = try translating(file.experiment(id))
        if let found { return found }
        throw .unknown("experiment", id, known: try translating(file.ids()))
    }

    /// The days of the zone that was asked for, else of the one that a definitions file named, else of UTC.
    func calendar(_ asked: InputZone?) throws(Failure) -> DayCalendar {
        if let asked { return asked.calendar }
        let file = try reader()
        let named = try translating(file.timezone())
        return try named.map { (name) throws(Failure) in try InputZone.known(name).calendar } ?? .utc
    }

    /// Changes an experiment, or says which experiment or variant was probably meant.
    func changing<Value>(
        _ id: ExperimentName, by administrator: ExperimentAdministrator, to winner: VariantName? = nil,
        _ body: () throws(ExperimentError) -> Value
    ) throws(Failure) -> Value {
        do throws(ExperimentError) { return try body() } catch {
            if case .experimentNotFound = error {
                let known = try translating(administrator.ids())
                throw .unknown("experiment", id, known: known)
            }
            if case .invalidContext(let input) = error, input.field == "winner", let winner {
                let stored = try translating(administrator.experiment(id))
                throw .unknown("variant", winner, known: stored?.experiment.design.variants.map(\.variantID) ?? [])
            }
            throw Failure(error, database: database)
        }
    }

    /// Makes a call of the library, and says its failure in the tool's words.
    func translating<Value>(_ call: @autoclosure () throws(ExperimentError) -> Value) throws(Failure) -> Value {
        do throws(ExperimentError) { return try call() } catch { throw Failure(error, database: database) }
    }

    /// Runs several calls of the library, and says their failures in the tool's words.
    func translating<Value>(_ body: () throws(ExperimentError) -> Value) throws(Failure) -> Value {
        do throws(ExperimentError) { return try body() } catch { throw Failure(error, database: database) }
    }

    /// Whether there is something at the path.
    var exists: Bool {
        do { return try Stat(FilePath(database)).size >= 0 } catch { return error != .noSuchFileOrDirectory }
    }

    /// Says that there is no such file, or that it is a folder, which SQLite calls an I/O error.
    func checkExistence() throws(Failure) {
        guard (try? Stat(FilePath(database)))?.type != .directory else {
            throw Failure(.input, "\(Escaping.visible(database)): this is a folder, not a database file")
        }
        guard !exists else { return }
        throw Failure(
            .input,
            "\(Escaping.visible(database)): there is no database at this path; "
                + "`experiments apply FILE.toml --database …` creates one")
    }
}
