/// A vendor's file could not be read; one problem for each thing wrong with it, and nothing was taken from it.
public struct VendorFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The problems, in the order of the file where it has one.
    public let problems: [VendorProblem]

    /// Creates an error.
    /// - Parameter problems: At least one problem.
    public init(_ problems: [VendorProblem]) {
        self.problems = problems
    }

    /// A problem a line.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

extension VendorFileError {
    /// Collects the problems of several parts of a file, so that those of one do not hide those of the next.
    struct Collector {
        private var problems: [VendorProblem] = []

        /// A part of the file, or an empty one in place of a part with problems.
        mutating func part<Element>(_ read: () throws -> [Element]) -> [Element] {
            do {
                return try read()
            } catch let error as VendorFileError {
                problems += error.problems
            } catch let error as DecodingError {
                problems.append(VendorProblem(error))
            } catch {
                problems.append(VendorProblem(path: "", reason: "cannot be read"))
            }
            return []
        }

        /// Fails if there was a problem.
        func check() throws(VendorFileError) {
            guard problems.isEmpty else { throw VendorFileError(problems) }
        }
    }
}
