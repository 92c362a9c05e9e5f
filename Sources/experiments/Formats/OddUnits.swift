import ExperimentReporting
import Experimentation

/// The units whose ids look like what a system writes where there is none, such as `NULL`.
struct OddUnits {
    private static let words: Set = [
        "\\N", "NULL", "null", "Null", "(null)", "<null>", "[NULL]", "NA", "<NA>", "N/A", "#N/A", "None", "none", "nil",
        "<nil>", "NaN", "nan", "NaT", "undefined", "unknown",
    ]
    private var count = 0
    private var example: (line: Int, id: String)?

    mutating func add(_ user: String?, _ session: String?, line: Int) {
        if let user { add(user, line) }
        if let session { add(session, line) }
    }

    private mutating func add(_ id: String, _ line: Int) {
        // Most ids end here, before they are hashed.
        guard (2...9).contains(id.utf8.count), let first = id.utf8.first, "\\Nnu(<[#".utf8.contains(first),
            Self.words.contains(id)
        else { return }
        count += 1
        if example == nil { example = (line, id) }
    }

    /// The sentence about odd ids; nil where there are none.
    var message: String? {
        guard let example else { return nil }
        let lines = "\(NumberText.count(count)) imported line\(count == 1 ? " has" : "s have")"
        return
            "\(lines) an id such as \(Escaping.quoted(example.id)) (line \(example.line)), which makes them one unit: "
            + "where it means that there is none, say --null \(ShellWord.quoted(example.id))."
    }
}
