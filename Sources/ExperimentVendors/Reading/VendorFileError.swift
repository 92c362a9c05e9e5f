/// A vendor's file could not be read; one problem for each thing wrong with it, and nothing was taken from it.
public struct VendorFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The problems, in the order of the file.
    public let problems: [VendorProblem]

    /// Creates an error.
    /// - Parameter problems: At least one problem.
    public init(_ problems: [VendorProblem]) {
        self.problems = problems
    }

    /// A problem a line.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
