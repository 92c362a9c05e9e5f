import ExperimentJSON

/// The choice of the outcomes that a derived metric takes, by their attributes.
///
/// An outcome is taken if it has every named attribute, with one of its values; bytes are compared. Without any attribute
/// all outcomes are taken; an attribute without any value takes none; the empty text is a value like others.
public struct OutcomeFilter: Sendable, Hashable {
    /// One attribute that an outcome must have.
    public struct Condition: Sendable, Hashable {
        /// The attribute.
        public let attribute: AttributeName
        /// The values it can have, each once, in order of their bytes.
        public let values: [AttributeValue]
    }

    /// The conditions on an outcome, in order of the attributes' bytes.
    public let conditions: [Condition]

    /// A filter that takes all outcomes.
    public static let all = OutcomeFilter([:])

    /// Creates a filter.
    /// - Parameter values: Each attribute with the values it can have.
    public init(_ values: [AttributeName: [AttributeValue]]) {
        conditions = values.sorted { $0.key < $1.key }.map { attribute, values in
            Condition(attribute: attribute, values: Set(values).sorted())
        }
    }

    /// Checks that a filter is not larger than what it looks at can be.
    func check() throws(ExperimentError) {
        let bytes = conditions.reduce(0) { sum, condition in
            condition.values.reduce(sum + condition.attribute.text.utf8.count) { $0 + $1.text.utf8.count }
        }
        guard bytes <= Rules.maximumAttributeBytes else {
            throw .invalid("where", "must be at most \(Rules.maximumAttributeBytes) bytes together")
        }
    }
}

extension OutcomeFilter {
    /// The filter as a JSON object of arrays of strings, in the order of their bytes.
    package var json: String {
        JSONValue.object(
            conditions.map { ($0.attribute.text, .array($0.values.map { .string($0.text) })) }
        ).canonical
    }

    /// Reads such an object; nil for any other text.
    package init?(json: String) {
        guard case .object(let members) = JSONValue(json: json, { _, _ in }) else { return nil }
        var values: [AttributeName: [AttributeValue]] = [:]
        for (attribute, value) in members {
            guard case .array(let elements) = value else { return nil }
            let texts = elements.compactMap { if case .string(let text) = $0 { AttributeValue(text) } else { nil } }
            guard texts.count == elements.count else { return nil }
            values[AttributeName(attribute)] = texts
        }
        self.init(values)
    }
}
