import ExperimentVendors
import Experimentation
import Foundation
import TestSupport

/// The lines of a file of vectors, which an official SDK wrote.
enum Vectors {
    static let folder = URL(filePath: Checkout.file("Tests/ExperimentVendorsTests/Fixtures"))

    static func read<Line: Decodable>(_ name: String, as type: Line.Type) throws -> [Line] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try lines(name).map { try decoder.decode(type, from: Data($0.utf8)) }
    }

    /// The lines' text.
    static func lines(_ name: String) throws -> [Substring] {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: true)
    }

    /// A value of a line as JSON, to build a vendor's file with.
    static func json(_ value: some Encodable) throws -> Data {
        try JSONEncoder().encode(value)
    }
}

/// Whether two texts have the same bytes, or neither is there.
func same(_ left: String?, _ right: String?) -> Bool { same(left.map { VendorName($0) }, right) }

/// Whether a name has the same bytes as a text, or neither is there.
func same<Of>(_ left: Name<Of>?, _ right: String?) -> Bool { left == right.map { Name($0) } }

extension VendorValue {
    /// The fields of an object.
    var fields: [String: VendorValue] {
        if case .object(let fields) = self { fields } else { [:] }
    }
}
