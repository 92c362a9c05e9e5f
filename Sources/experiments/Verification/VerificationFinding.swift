/// What one check of a file came to.
struct VerificationFinding {
    /// How bad it is; the raw values are printed.
    enum State: String {
        case fine = "ok"
        /// Worth knowing, and no damage.
        case note
        case failed
    }

    let state: State
    let summary: String
    /// Lines below it, for everybody.
    var details: [String] = []
    /// Lines with ids of users, for those who ask.
    var examples: [String] = []

    /// Fine without problems; else failed, with each of them.
    init(_ problems: [String], fine: String, failed: String) {
        state = problems.isEmpty ? .fine : .failed
        summary = problems.isEmpty ? fine : failed
        details = problems
    }

    init(_ state: State, _ summary: String, details: [String] = [], examples: [String] = []) {
        self.state = state
        self.summary = summary
        self.details = details
        self.examples = examples
    }
}
