import Foundation

/// Every number of a JSON document, wherever it stands.
struct JSONValues {
    private(set) var numbers: [Double] = []

    init(_ document: String) throws {
        add(try JSONDecoder().decode(Value.self, from: Data(document.utf8)))
    }

    private mutating func add(_ value: Value) {
        switch value {
        case .number(let number): numbers.append(number)
        case .array(let values): for value in values { add(value) }
        case .object(let members): for value in members.values { add(value) }
        case .other: break
        }
    }

    private enum Value: Decodable {
        case number(Double)
        case array([Value])
        case object([String: Value])
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let values = try? container.decode([Value].self) {
                self = .array(values)
            } else if let members = try? container.decode([String: Value].self) {
                self = .object(members)
            } else if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else {
                self = .other
            }
        }
    }
}
