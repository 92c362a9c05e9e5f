public import Experimentation

/// How often a shadow would have answered otherwise than the store did, since the store was opened.
public struct ShadowCount: Sendable, Hashable {
    /// The experiment's id.
    public let experiment: ExperimentName
    /// How many answers were compared: those to units that the experiment enrolled or left out.
    public let compared: Int
    /// How many of them the shadow would have given another variant, or enrolled where the store did not.
    public let disagreed: Int
}
