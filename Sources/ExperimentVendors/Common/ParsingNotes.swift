import ExperimentJSON
import Experimentation

/// Notes that were made while a file was read: problems, and fields that nothing reads.
///
/// Each is noted by the place in the file; the path is looked up in the end, only for what was noted.
final class ParsingNotes {
    private struct Place: Hashable {
        let offset: Int
        /// The field that is missing there; nil for the value itself.
        let field: JSONNode.FieldName?
    }

    private typealias Problem = (place: Place, reason: String)

    private var places: Set<Place> = []
    private var problems: [Problem] = []
    /// Problems of parts that stand for themselves.
    private var problemsOfParts: [Problem] = []
    private var unread: [Int] = []

    /// Something is wrong with the value that begins at a byte, or with a field that it lacks.
    func problem(_ reason: String, at offset: Int, field: JSONNode.FieldName? = nil) {
        // A problem for each value: whatever else is said about the value comes of the first.
        let place = Place(offset: offset, field: field)
        if places.insert(place).inserted { problems.append((place, reason)) }
    }

    /// Nothing reads the field whose value begins at a byte.
    func unread(at offset: Int) { unread.append(offset) }

    /// Reads a part of the file; nil where something is wrong with it, which is then no problem of the file's.
    func part<Part>(_ read: () -> Part) -> Part? {
        let count = problems.count
        let part = read()
        guard problems.count > count else { return part }
        problemsOfParts += problems[count...]
        problems.removeSubrange(count...)
        return nil
    }

    /// Reads a value that decides nothing; nil where something is wrong with it, which is then a field not read.
    func aside<Value>(at offset: Int, _ read: () -> Value) -> Value? {
        let count = problems.count
        let value = read()
        guard problems.count > count else { return value }
        problems.removeSubrange(count...)
        unread(at: offset)
        return nil
    }

    /// The problems of parts that stand for themselves, in the order of the file.
    func problemsOfParts(in root: JSONNode) -> [VendorProblem] { Self.described(problemsOfParts, root) }

    /// The paths of the fields that nothing reads, in the order of the file.
    func unreadPaths(in root: JSONNode) -> [String] { unread.sorted().map(root.path) }

    /// Fails with all problems, in the order of the file, if there was one.
    func check(_ root: JSONNode) throws(VendorFileError) {
        guard !problems.isEmpty else { return }
        throw VendorFileError(Self.described(problems + problemsOfParts, root))
    }

    private static func described(_ problems: [Problem], _ root: JSONNode) -> [VendorProblem] {
        let ordered = problems.enumerated().sorted {
            ($0.element.place.offset, $0.offset) < ($1.element.place.offset, $1.offset)
        }
        return ordered.map { _, problem in
            let path = root.path(to: problem.place.offset)
            guard let field = problem.place.field else { return VendorProblem(path: path, reason: problem.reason) }
            return VendorProblem(path: path.isEmpty ? field.text : "\(path).\(field)", reason: problem.reason)
        }
    }
}
