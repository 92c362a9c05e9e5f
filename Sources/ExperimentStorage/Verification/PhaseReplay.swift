public import Experimentation

/// What assigning a phase's units once more gives, beside what was logged.
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
