/// An algorithm made ready for one phase: a unit's id in, the place of its variant out.
///
/// ``ExperimentPlugin/assign(_:for:)`` asks it after coverage, namespace and holdout have let the unit in.
public protocol UnitAssigning: Sendable {
    /// Chooses a unit's variant; pure, no I/O, and best without an allocation.
    /// - Parameter unitID: The unit's id: 1 to 1,024 bytes without U+0000.
    /// - Returns: The place among the experiment's variants, from 0; nil when the algorithm leaves the unit out, which
    ///   then gets the control, not enrolled.
    func index(of unitID: String) -> Int?

    /// The reason that leaves a unit out, for whoever wants to know: a clause such as `its bucket 412 is no group's`.
    /// - Parameter unitID: The unit's id.
    /// - Returns: The first thing that does, with the unit's place there; nil for a unit that has a variant, and for an
    ///   algorithm that gives no reasons.
    func exclusion(of unitID: String) -> String?
}

extension UnitAssigning {
    /// No reason.
    public func exclusion(of unitID: String) -> String? { nil }
}
