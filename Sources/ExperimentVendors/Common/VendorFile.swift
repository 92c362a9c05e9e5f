import ExperimentJSON
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A JSON text that was read as a whole.
struct VendorFile<Value> {
    /// The value that was read.
    let value: Value
    /// The paths of the fields that nothing reads, in the order of the file.
    let unreadFields: [String]
    /// The problems of parts of the file that stand for themselves, in the order of the file.
    let problemsOfParts: [VendorProblem]

    /// Reads a vendor's file, or says every problem with it.
    init(_ json: Data, _ read: (JSONReader) -> Value) throws(VendorFileError) {
        let root = try [UInt8](json).withUnsafeBufferPointer { (bytes) throws(VendorFileError) in
            try Self.parse("the file") { () throws(JSONParser.Failure) in try JSONParser.parse(bytes) }
        }
        try self.init(root, read)
    }

    /// Reads a text of this library's own in the same way.
    init(_ text: String, _ read: (JSONReader) -> Value) throws(VendorFileError) {
        try self.init(try Self.parse("the text") { () throws(JSONParser.Failure) in try JSONParser.parse(text) }, read)
    }

    private init(_ root: JSONNode, _ read: (JSONReader) -> Value) throws(VendorFileError) {
        let notes = ParsingNotes()
        value = read(JSONReader(root, notes))
        try notes.check(root)
        unreadFields = notes.unreadPaths(in: root)
        problemsOfParts = notes.problemsOfParts(in: root)
    }

    /// The value that was read, unless nothing of it is an experiment and the problems of its parts may be why.
    func value(ifAnyExperiment hasExperiment: (Value) -> Bool) throws(VendorFileError) -> Value {
        guard problemsOfParts.isEmpty || hasExperiment(value) else { throw VendorFileError(problemsOfParts) }
        return value
    }

    private static func parse(
        _ subject: String, _ parse: () throws(JSONParser.Failure) -> JSONNode
    ) throws(VendorFileError) -> JSONNode {
        do throws(JSONParser.Failure) { return try parse() } catch {
            throw VendorFileError([VendorProblem(path: "", reason: "\(subject) \(error.reason)")])
        }
    }
}

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

/// The problem of something in a vendor's file that cannot be read, and its place.
public struct VendorProblem: Sendable, Hashable, CustomStringConvertible {
    /// The problem's place in the file, such as `features.checkout.rules[0].hashVersion`; empty for the whole file.
    public let path: String
    /// The rule that is broken, as a sentence without an end: `must be a number`.
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

/// A JSON value of a vendor's file or of a user's attributes.
public enum VendorValue: Sendable, Hashable, Codable {
    case null
    case bool(Bool)
    /// A number as JavaScript has it: a double.
    case number(Double)
    case string(String)
    case array([VendorValue])
    case object([String: VendorValue])

    /// Reads any JSON value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([VendorValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: VendorValue].self))
        }
    }

    /// Writes the value as JSON.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }

    /// The text, where the value is one.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }
}
