/// What tells definitions that were read from those that are in the file now.
struct DefinitionVersion: Sendable, Equatable {
    /// How often the file's definitions have been changed.
    let changes: Int64
    /// How often its schema has been changed.
    ///
    /// Whoever puts a backup back in place by SQLite's own means raises this, and so is noticed, though as many changes
    /// were made to the backup since as were undone by it.
    let schema: Int64

    /// Whether what changed since another one can be found by the experiments' own versions.
    func continues(_ other: DefinitionVersion) -> Bool {
        schema == other.schema && changes > other.changes
    }
}
