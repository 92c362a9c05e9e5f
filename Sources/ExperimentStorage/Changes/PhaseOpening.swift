/// How a new phase assigns the units that the phase before has assigned.
public enum PhaseOpening: Sendable, Hashable {
    /// By the same hash: as far as variants and weights are the same, everybody keeps their variant.
    case keepingHash
    /// By a hash of its own: everybody is shuffled anew, so that nothing is carried over from the phase before.
    case rerandomizing
}
