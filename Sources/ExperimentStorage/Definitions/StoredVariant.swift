import Experimentation

/// A variant that an experiment has or ever had, and its number in the file.
struct StoredVariant: Sendable, Hashable {
    let id: Int64
    let name: VariantName
}
