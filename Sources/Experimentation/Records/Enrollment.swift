/// Whether an exposure starts its unit in the results; anything but ``enrolled`` was not randomised.
///
/// Files keep a case by its position, so the order of the cases stays.
public enum Enrollment: String, Sendable, Hashable, CaseIterable {
    /// The unit was randomised by the experiment's weights.
    case enrolled
    /// A tester asked for the variant.
    case override
    /// The unit is outside the experiment's coverage, namespace or holdout, or has no id.
    case notEnrolled = "not_enrolled"
    /// The experiment was a draft or stopped.
    case notRunning = "not_running"

    /// The cases in the order of the numbers that stand for them in files, from 0.
    private static let all = allCases

    /// The case of a number in a file; nil for a number that none has.
    package init?(code: Int64) {
        guard Self.all.indices.contains(Int(clamping: code)) else { return nil }
        self = Self.all[Int(code)]
    }

    /// The number that stands for the case in a file: 0 for ``enrolled``.
    package var code: Int64 { Int64(Self.all.firstIndex(of: self) ?? 0) }
}
