/// The effect on the units with one value of a segment, beside the effect on all other units of the comparison.
public struct SegmentComparison: Sendable, Hashable {
    /// The effect on the units with the value.
    public let effect: Effect
    /// The effect on all other units.
    public let rest: Effect
    /// Whether the value is tested; a value that is not tested counts in the rest of the others.
    ///
    /// A value is tested where ``ConfidenceSequence/soundness(control:treatment:)`` says so, at the level over the family and the
    /// values seen.
    public let isEligible: Bool

    /// Creates a comparison.
    /// - Parameters:
    ///   - effect: The effect on the units with the value.
    ///   - rest: The effect on all other units.
    ///   - isEligible: Whether the value is tested.
    public init(effect: Effect, rest: Effect, isEligible: Bool) {
        self.effect = effect
        self.rest = rest
        self.isEligible = isEligible && effect.status == .ok && rest.status == .ok
    }

    /// Compares every value of a segment with all other units; linear in the values.
    /// - Parameters:
    ///   - segments: Control and treatment of each value, also of units without one, and whether the value is tested.
    ///   - effect: The effect of two aggregates, such as `Effect.means`.
    /// - Returns: A comparison each, in the same order.
    public static func all<Units: MergeableAggregate>(
        _ segments: [(control: Units, treatment: Units, isEligible: Bool)],
        effect: (_ control: Units, _ treatment: Units) -> Effect
    ) -> [SegmentComparison] {
        // All before each value and all behind it, so that nothing is subtracted.
        var behind = [(control: Units, treatment: Units)]()
        var sum = (control: Units.empty, treatment: Units.empty)
        for segment in segments.reversed() {
            behind.append(sum)
            sum = (segment.control.merged(with: sum.control), segment.treatment.merged(with: sum.treatment))
        }
        sum = (.empty, .empty)
        return zip(segments, behind.reversed()).map { segment, later in
            let rest = effect(sum.control.merged(with: later.control), sum.treatment.merged(with: later.treatment))
            sum = (sum.control.merged(with: segment.control), sum.treatment.merged(with: segment.treatment))
            return SegmentComparison(
                effect: effect(segment.control, segment.treatment), rest: rest,
                isEligible: segment.isEligible)
        }
    }
}
