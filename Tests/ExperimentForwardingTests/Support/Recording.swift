import ExperimentVendors
import Foundation
import TestSupport

/// The requests that a vendor's own SDK sent to a local endpoint, and what each was answered.
struct Recording: Decodable {
    struct Request: Decodable {
        let method: String
        let path: String
        let headers: [[String]]
        let body: VendorValue
        let answered: Int

        /// The headers, names in lower case.
        var fields: [String: String] {
            Dictionary(headers.map { ($0[0].lowercased(), $0[1]) }, uniquingKeysWith: { first, _ in first })
        }
    }

    let requests: [Request]
    /// Optimizely's datafile.
    let datafile: VendorValue?

    /// Reads a recording of the fixtures.
    static func named(_ name: String) throws -> Recording {
        let path = Checkout.file("Tests/ExperimentForwardingTests/Fixtures/\(name).json")
        return try JSONDecoder().decode(Recording.self, from: Data(contentsOf: URL(filePath: path)))
    }
}

extension VendorValue {
    subscript(_ name: String) -> VendorValue {
        if case .object(let members) = self { members[name] ?? .null } else { .null }
    }

    var list: [VendorValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// Reads a JSON text.
    init(json: [UInt8]) throws {
        self = try JSONDecoder().decode(VendorValue.self, from: Data(json))
    }

    func replacing(_ name: String, with value: VendorValue) -> VendorValue {
        guard case .object(var members) = self else { return self }
        members[name] = value
        return .object(members)
    }
}

/// Compares two JSON values field by field.
struct FieldComparison {
    enum Rule {
        /// The recorded value is the SDK's own; ours only has to be of the right form.
        case form((VendorValue) -> Bool)
        /// The field describes the runtime of the recorded SDK, or events that are not recorded here.
        case onlyRecorded
    }

    /// The rules by path, such as `batch[].uuid`.
    var rules: [String: Rule] = [:]

    /// The paths at which the values differ.
    func differences(_ ours: VendorValue, _ recorded: VendorValue) -> [String] {
        differences(ours, recorded, "")
    }

    private func differences(_ ours: VendorValue, _ recorded: VendorValue, _ path: String) -> [String] {
        if case .form(let isRight)? = rules[path] {
            return isRight(ours) ? [] : ["\(path) has the wrong form: \(ours)"]
        }
        switch (ours, recorded) {
        case (.object(let left), .object(let right)):
            return Set(left.keys).union(right.keys).sorted().flatMap { name -> [String] in
                let path = path.isEmpty ? name : "\(path).\(name)"
                switch (left[name], right[name]) {
                case (let left?, let right?): return differences(left, right, path)
                case (nil, _):
                    if case .onlyRecorded? = rules[path] { return [] }
                    return ["\(path) is missing"]
                case (_, nil): return ["\(path) is not in the recording"]
                }
            }
        case (.array(let left), .array(let right)):
            guard left.count == right.count else { return ["\(path) has \(left.count) elements, not \(right.count)"] }
            return zip(left, right).flatMap { differences($0, $1, "\(path)[]") }
        default: return ours == recorded ? [] : ["\(path) is \(ours), not \(recorded)"]
        }
    }
}
