/// One thing in a vendor's file that cannot be read, and where.
public struct VendorProblem: Sendable, Hashable, CustomStringConvertible {
    /// Where it is in the file, such as `features.checkout.rules[0].hashVersion`; empty for the file as a whole.
    public let path: String
    /// What is wrong, as a sentence without an end: `must be a number`.
    public let reason: String

    /// Creates a problem.
    /// - Parameters:
    ///   - path: Where it is.
    ///   - reason: What is wrong.
    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// The path and the reason on one line.
    public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}

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
