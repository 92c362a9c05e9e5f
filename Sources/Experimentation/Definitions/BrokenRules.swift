/// The rules that a definition breaks: at least one.
package struct BrokenRules: Error, Sendable {
    /// The one that a caller who takes a single error gets.
    package let first: ExperimentError
    /// All, in the order in which they are checked.
    package let all: [ExperimentError]

    /// Nil when none is broken.
    init?(_ all: [ExperimentError]) {
        guard let first = all.first else { return nil }
        self.first = first
        self.all = all
    }
}

extension [ExperimentError] {
    /// Checks a rule, and keeps the error when it is broken: one broken rule is no reason to stop looking.
    mutating func check(_ rule: () throws(ExperimentError) -> Void) {
        do throws(ExperimentError) { try rule() } catch { append(error) }
    }
}
