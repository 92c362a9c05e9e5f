import Experimentation

/// A variant that an experiment has or ever had, and its number in the file.
struct StoredVariant: Sendable, Hashable {
    let id: Int64
    let name: String

    static func == (left: StoredVariant, right: StoredVariant) -> Bool {
        left.id == right.id && left.name.isSameBytes(as: right.name)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(id)
    }
}
