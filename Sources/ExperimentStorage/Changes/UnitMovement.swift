/// Whom a change of an experiment would move, of the units it has seen in the phase in force.
public struct UnitMovement: Sendable, Hashable {
    /// Units with an exposure in the phase, whatever its enrollment.
    public internal(set) var seen = 0
    /// Units that are assigned and would be assigned another variant.
    public internal(set) var moved = 0
    /// Units that are assigned and would be left out.
    public internal(set) var left = 0
    /// Units that are left out and would be assigned.
    public internal(set) var joined = 0

    init() {}
}
