/// Test of whether a ratio may have moved by its denominator alone, in intervals that hold at every look.
///
/// Where one variant loses the log of every tenth click, its orders a click rise by 11 %, though nobody ordered more. No figure
/// of the ratio shows that: a treatment that needs fewer clicks looks the same. So a ratio that moved is taken for what it says
/// where its numerator, by the unit, clearly moved likewise. That the denominator did not move is no use as a condition: with the
/// measured lift as what it would have to explain, a tenth of lost clicks still ship in 12 % of experiments.
///
/// Simulated in the table `denominators` of the guide on statistics. Some microseconds.
public struct DenominatorTest: Sendable, Hashable {
    /// The numerator a unit; nil where there is no sequence, for want of units or since the difference is too skewed.
    public let numerator: Inference?
    /// The denominator a unit; nil likewise.
    public let denominator: Inference?

    /// Compares the parts of a ratio.
    /// - Parameters:
    ///   - control: Numerator and denominator of the control's units.
    ///   - treatment: Those of the treatment's.
    ///   - level: The level at which the ratio is asked about.
    public init(control: BivariateMoments, treatment: BivariateMoments, level: Double) {
        let sequence = ConfidenceSequence(level: level)
        func look(_ part: (BivariateMoments) -> Moments) -> Inference? {
            let (first, second) = (part(control), part(treatment))
            guard sequence.soundness(control: first, treatment: second) == .sound else { return nil }
            return sequence.compare(.means(control: first.aggregate, treatment: second.aggregate))
        }
        numerator = look(\.first)
        denominator = look(\.second)
    }

    /// Whether the denominator a unit differs between the variants.
    public var isMoved: Bool { Self.sign(denominator) != nil }

    /// Whether the denominator alone may have made the ratio's lift.
    /// - Parameter lift: The measured lift of the ratio; nil where there is none, which no denominator explains.
    /// - Returns: False where the numerator clearly moved the same way.
    public func mayExplain(lift: Double?) -> Bool {
        lift.map { Self.sign(numerator) != ($0 > 0 ? 1 : -1) } ?? false
    }

    /// The direction in which a part clearly moved; nil where that is not clear.
    private static func sign(_ inference: Inference?) -> Int? {
        guard let interval = inference?.differenceInterval, !interval.contains(0) else { return nil }
        return interval.lower > 0 ? 1 : -1
    }
}
