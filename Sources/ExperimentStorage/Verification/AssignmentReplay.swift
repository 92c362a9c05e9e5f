import ExperimentDatabase
import ExperimentDefinitions
public import Experimentation

/// Assigns the unit of every enrolled exposure once more, in one pass over the log; memory grows with the phases only.
struct AssignmentReplay {
    private static let selectVariants = "SELECT variant_id, name FROM variant_definition"
    private static let selectExposures = """
        SELECT e.exposure_id, e.phase_id, e.variant_id,
            CASE x.unit WHEN 'user' THEN e.user_id ELSE e.session_id END AS unit_id
        FROM decided_exposure AS e CROSS JOIN experiment_definition AS x ON x.experiment_id = e.experiment_id
        WHERE e.enrollment = 0 AND unit_id IS NOT NULL
        """

    private var phases: [PhaseReplay] = []
    /// Nil for a phase that cannot be replayed.
    private var assigners: [Assigner?] = []
    private var places: [RowNumber<PhaseRow>: Int] = [:]
    private let limit: Int

    init(_ recorded: [StoredPhase], _ algorithms: AssignmentAlgorithms, examples limit: Int) {
        self.limit = limit
        for phase in recorded {
            places[phase.phaseID] = phases.count
            var obstacle: String?
            do throws(ExperimentError) {
                assigners.append(
                    try Assigner(
                        phase.experiment, phase.design, seed: phase.seed, holdout: phase.holdout,
                        algorithms: algorithms))
            } catch {
                obstacle = "\(error)"
                assigners.append(nil)
            }
            phases.append(
                PhaseReplay(experiment: phase.experiment, phase: phase.number, obstacle: obstacle))
        }
    }

    /// Reads the exposures.
    /// - Returns: One entry a phase, in order of definition.
    mutating func run(_ connection: borrowing Connection) throws -> [PhaseReplay] {
        var names: [RowNumber<VariantRow>: VariantName] = [:]
        let rows = try connection.prepare(Self.selectVariants)
        while try rows.step() {
            names[rows.rowNumber(0)] = rows.name(1)
        }
        let exposures = try connection.prepare(Self.selectExposures)
        while try exposures.step() { count(exposures, names) }
        return phases
    }

    /// An id that breaks a rule is another check's finding; it is counted as one that takes no part.
    private mutating func count(_ row: borrowing Statement, _ names: [RowNumber<VariantRow>: VariantName]) {
        guard let place = places[row.rowNumber(1)], let assigner = assigners[place] else { return }
        phases[place].exposures += 1
        let unitID = row.text(3)
        let answer = try? assigner.assign(ExperimentContext(userID: unitID, sessionID: unitID))
        let replayed = answer.flatMap { $0.enrollment == .enrolled ? $0.variantID : nil }
        let logged = names[row.rowNumber(2)] ?? ""
        guard replayed != logged else { return }
        phases[place].disagreements += 1
        guard phases[place].examples.count < limit else { return }
        phases[place].examples.append(
            PhaseReplay.Disagreement(exposure: row.int(0), unitID: UnitID(unitID), logged: logged, replayed: replayed))
    }
}

/// The result of assigning a phase's units once more, beside what was logged.
public struct PhaseReplay: Sendable, Hashable {
    /// An exposure whose unit would get something else.
    public struct Disagreement: Sendable, Hashable {
        /// The exposure's number in the log.
        public let exposure: Int
        /// The unit.
        public let unitID: UnitID
        /// The variant that was logged.
        public let logged: VariantName
        /// The variant that the phase gives it; nil when it takes no part.
        public let replayed: VariantName?
    }

    /// The experiment's id.
    public let experiment: ExperimentName
    /// The number of its phase.
    public let phase: Int
    /// Why it cannot be replayed; nil when it was.
    public let obstacle: String?
    /// The enrolled exposures with a unit.
    public internal(set) var exposures = 0
    /// Enrolled exposures whose variant is another than the phase gives the unit.
    public internal(set) var disagreements = 0
    /// The first disagreements.
    public internal(set) var examples: [Disagreement] = []
}
