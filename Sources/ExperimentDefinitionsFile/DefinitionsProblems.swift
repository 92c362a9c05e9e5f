import Experimentation

/// Everything that is wrong with a definitions file, in the order in which it was found.
///
/// Whoever reads goes on after a problem, so that all of them are told in one run; what was read is of no use then.
final class DefinitionsProblems {
    private(set) var found: [String] = []

    var count: Int { found.count }

    /// Notes a problem.
    /// - Parameters:
    ///   - place: Where: a key path such as `experiments[0].variants[1].weight`, or a line and column; empty for the
    ///     whole file.
    ///   - message: What is wrong, as a sentence without a subject.
    func note(_ place: String, _ message: String) {
        found.append(place.isEmpty ? message : "\(place): \(message)")
    }
}

/// Failure of a definitions file: everything that is wrong with it, in the order in which it stands there.
public struct DefinitionsFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file, as it was named.
    public let file: String
    /// Problems of the file, each with its place: `experiments[0].variants[1].weight: must be a number`.
    public let problems: [String]

    /// Text about the file: a problem on the same line, several each on its own.
    public var description: String {
        let name = VisibleText.of(file)
        guard problems.count > 1 else { return "\(name): \(problems.joined())" }
        return "\(name): \(problems.count) problems, so nothing was applied:" + problems.map { "\n  \($0)" }.joined()
    }
}
