/// Where an experiment is in its life.
public enum ExperimentStatus: String, Sendable, Hashable, CaseIterable, Codable {
    /// Defined, not started; everybody gets the control and nobody is enrolled.
    case draft
    /// Units are assigned by the weights.
    case running
    /// Over; everybody gets the control, or the declared winner.
    case stopped
}
