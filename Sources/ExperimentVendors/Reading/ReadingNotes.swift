import Experimentation

/// What was noticed while a file was read: problems, and fields that nothing reads.
///
/// Each is noted by the place in the file; the path is looked up in the end, only for what was noted.
final class ReadingNotes {
    private struct Place: Hashable {
        let offset: Int
        /// The field that is missing there; nil for the value itself.
        let field: JSONNode.FieldName?
    }

    private var places: Set<Place> = []
    private var problems: [(place: Place, reason: String)] = []
    private var unread: [Int] = []

    /// Something is wrong with the value that begins at a byte, or with a field that it lacks.
    func problem(_ reason: String, at offset: Int, field: JSONNode.FieldName? = nil) {
        // One for each value: what else is said about it comes of the first.
        let place = Place(offset: offset, field: field)
        if places.insert(place).inserted { problems.append((place, reason)) }
    }

    /// Nothing reads the field whose value begins at a byte.
    func unread(at offset: Int) { unread.append(offset) }

    /// The paths of the fields that nothing reads, in the order of the file.
    func unreadPaths(in root: JSONNode) -> [String] { unread.sorted().map(root.path) }

    /// Fails with all problems, in the order of the file, if there was one.
    func check(_ root: JSONNode) throws(VendorFileError) {
        guard !problems.isEmpty else { return }
        let ordered = problems.enumerated().sorted {
            ($0.element.place.offset, $0.offset) < ($1.element.place.offset, $1.offset)
        }
        throw VendorFileError(
            ordered.map { _, problem in
                let path = root.path(to: problem.place.offset)
                guard let field = problem.place.field else { return VendorProblem(path: path, reason: problem.reason) }
                return VendorProblem(path: path.isEmpty ? field.text : "\(path).\(field)", reason: problem.reason)
            })
    }
}
