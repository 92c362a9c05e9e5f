extension VendorProblem {
    /// What a decoder found.
    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init(path: Self.path(context.codingPath + [key]), reason: "is missing")
        case .valueNotFound(_, let context):
            self.init(path: Self.path(context.codingPath), reason: "must not be null")
        case .typeMismatch(let type, let context):
            self.init(path: Self.path(context.codingPath), reason: "must be \(Self.name(of: type))")
        case .dataCorrupted(let context):
            let path = Self.path(context.codingPath)
            self.init(
                path: path,
                reason: path.isEmpty ? "the file is not JSON, or is cut off" : context.debugDescription)
        @unknown default:
            self.init(path: "", reason: "cannot be read")
        }
    }

    /// A path as people write it: names joined by dots, positions in brackets.
    static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : "." + key.stringValue
            }
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is Int.Type: "a whole number"
        case is Double.Type: "a number"
        case is any AnyArray.Type: "a list"
        default: "an object"
        }
    }
}

/// Tells a list from an object without knowing its elements.
private protocol AnyArray {}
extension Array: AnyArray {}
