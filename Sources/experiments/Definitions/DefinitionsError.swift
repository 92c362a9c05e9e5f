/// What is wrong with a definitions file, and where.
struct DefinitionsError: Error {
    /// Where: a key path such as `experiments[0].variants[1].weight`, or a line and column; empty for the whole file.
    let place: String
    /// What is wrong, as a sentence without a subject.
    let message: String

    init(_ place: String, _ message: String) {
        self.place = place
        self.message = message
    }
}
