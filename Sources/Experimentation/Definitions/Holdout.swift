/// The global holdout: units that get the control in every running experiment.
///
/// The winner of a stopped experiment is for everybody, those held out included.
public struct Holdout: Sendable, Hashable {
    /// The holdout's name, which is hashed: another name holds out other units.
    public let name: HoldoutName
    /// The share of units held out, in 0…1.
    public let share: Double

    /// Creates a holdout.
    /// - Parameters:
    ///   - name: Its name: 1 to 128 bytes.
    ///   - share: The share of units held out, in 0…1; 0 holds out nobody.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` that names the field and the rule.
    public init(name: String = "holdout", share: Double) throws(ExperimentError) {
        let name = HoldoutName(name)
        try Rules.checkName(name, field: "holdout name")
        guard 0...1 ~= share else { throw .invalid("holdout share", "must be at least 0 and at most 1") }
        self.name = name
        self.share = share
    }
}
