import ExperimentJSON
import ExperimentReporting
import Experimentation

/// The result of an import of records, in JSON.
struct ImportSummary {
    /// Why events of a vendor's log are no records.
    struct Passed {
        let reason: String
        let events: Int
    }

    /// exposures or outcomes.
    let log: String
    /// Whether the whole input was imported before, so that nothing was done.
    let isRepeated: Bool
    /// Records that are new in the file.
    let imported: Int
    /// Lines with an id that was already there.
    let knownIDs: Int
    /// Lines that equal rows of earlier imports: left out, and kept.
    let repeatsLeftOut: Int
    let repeatsKept: Int
    /// Exposures outside of their experiment's run, which no result counts.
    let notRunning: Int
    let refused: Int
    let passedOver: [Passed]

    var json: JSONValue {
        let passed = passedOver.map {
            JSONValue.object([("reason", .string($0.reason)), ("events", .integer($0.events))])
        }
        return .object([
            ("log", .string(log)), ("is_repeated", .bool(isRepeated)), ("imported", .integer(imported)),
            ("known_ids", .integer(knownIDs)), ("repeats_left_out", .integer(repeatsLeftOut)),
            ("repeats_kept", .integer(repeatsKept)), ("not_running", .integer(notRunning)),
            ("refused", .integer(refused)), ("passed_over", .array(passed)),
        ])
    }
}

extension ImportSummary {
    /// Creates the summary of an input that was imported before.
    init(repeatedInputOf log: RecordLog) {
        self.init(
            log: log.rawValue, isRepeated: true, imported: 0, knownIDs: 0, repeatsLeftOut: 0, repeatsKept: 0,
            notRunning: 0, refused: 0, passedOver: [])
    }

    /// The same for people, a line each.
    var sentences: [String] {
        var first = "Imported \(NumberText.count(imported, String(log.dropLast())))."
        if knownIDs > 0 { first += " \(NumberText.count(knownIDs)) had an id that was already there." }
        if repeatsLeftOut > 0 {
            first += " \(lines(repeatsLeftOut)) repeated rows of earlier imports and \(were(repeatsLeftOut)) left out."
        }
        if repeatsKept > 0 {
            first += " \(lines(repeatsKept)) equalled rows of earlier imports and \(were(repeatsKept)) kept."
        }
        let passed = passedOver.prefix(10).map {
            "Passed over \(NumberText.count($0.events)) × \(Escaping.visible($0.reason))."
        }
        return [first] + passed
    }

    private func lines(_ count: Int) -> String { NumberText.count(count, "line") }

    private func were(_ count: Int) -> String { count == 1 ? "was" : "were" }
}
