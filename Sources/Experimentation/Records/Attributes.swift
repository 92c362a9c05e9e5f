/// Facts about a unit as a server gives them, compared by their UTF-8 bytes as names are.
struct Attributes: Sendable {
    var texts: [String: String]
}

extension Attributes: Hashable {
    static func == (left: Attributes, right: Attributes) -> Bool {
        left.texts.count == right.texts.count
            && left.texts.allSatisfy { name, value in
                // The dictionary finds a name that only means the same.
                guard let index = right.texts.index(forKey: name) else { return false }
                let other = right.texts[index]
                return AttributeName(other.key) == AttributeName(name)
                    && AttributeValue(other.value) == AttributeValue(value)
            }
    }

    /// Hashes how many there are: a dictionary has no order in which its texts could be hashed.
    func hash(into hasher: inout Hasher) {
        hasher.combine(texts.count)
    }
}
