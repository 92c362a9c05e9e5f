/// Everything that is wrong with a definitions file, in the order in which it was found.
///
/// Whoever reads goes on after a problem, so that all of them are told in one run; what was read is of no use then.
final class DefinitionsProblems {
    private var found: [String] = []

    var count: Int { found.count }

    /// Notes a problem.
    /// - Parameters:
    ///   - place: Where: a key path such as `experiments[0].variants[1].weight`, or a line and column; empty for the
    ///     whole file.
    ///   - message: What is wrong, as a sentence without a subject.
    func note(_ place: String, _ message: String) {
        found.append(place.isEmpty ? message : "\(place): \(message)")
    }

    /// What is said about the file: a problem on the same line, several each on its own.
    func text(of path: String) -> String {
        let name = Escaping.visible(path)
        guard count > 1 else { return "\(name): \(found.joined())" }
        return "\(name): \(Grouped.text(count)) problems, so nothing was applied:"
            + found.map { "\n  \($0)" }.joined()
    }
}
