import TestSupport
import Testing

/// Exposures whose lines do not say their phase, or whether their unit took part.
@Suite("Exposures that do not say all")
struct UnsaidExposureTests {
    private let tool = Tool()
    private static let lines = """
        experiment,variant_id,user_id,timestamp
        button,control,ann,2026-01-10T10:00:00Z
        button,treatment,bob,2026-03-10T10:00:00Z
        button,control,eve,2030-01-10T10:00:00Z
        """

    private func definition(_ settings: String = "", variants: [String] = ["control", "treatment"]) throws -> String {
        let list = variants.map { "{ id = \"\($0)\", weight = 1, is_control = \($0 == "control") }" }
        return try tool.file(
            "button.toml",
            "[[experiments]]\nid = \"button\"\nvariants = [\(list.joined(separator: ", "))]\n\(settings)\n")
    }

    private func exposures() throws -> String {
        try tool.sqlite("SELECT user_id, phase, enrollment FROM exposures ORDER BY exposure")
    }

    private func run(_ arguments: String..., input: String = "") throws -> Tool.Ending {
        let ending = try tool.bare(arguments + ["--database", tool.database], input: input)
        #expect(ending.code == 0, "\(ending.errors)")
        return ending
    }

    @Test("the order of importing and of moving an end changes nothing", arguments: [true, false])
    func order(importsFirst: Bool) throws {
        _ = try run("apply", definition())
        if importsFirst { _ = try run("import", "exposures", "-", input: Self.lines) }
        _ = try run("apply", definition("ends_at = 2026-02-01T00:00:00Z"))
        if !importsFirst { _ = try run("import", "exposures", "-", input: Self.lines) }
        #expect(try exposures() == "ann|1|enrolled\nbob|1|not_running\neve|1|not_running")
        #expect(try tool.sqlite("SELECT unit_id FROM first_exposures") == "ann")
    }

    @Test(
        "the order of importing and of opening a phase changes nothing, and the import says where lines went",
        arguments: [true, false])
    func phases(importsFirst: Bool) throws {
        _ = try run("apply", definition())
        if importsFirst { _ = try run("import", "exposures", "-", input: Self.lines) }
        _ = try run("new-phase", "button")
        if !importsFirst {
            let ending = try run("import", "exposures", "-", input: Self.lines)
            #expect(ending.errors.contains("button: by their time, 2 lines into phase 1, 1 line into phase 2."))
        }
        #expect(try exposures() == "ann|1|enrolled\nbob|1|enrolled\neve|2|enrolled")
        #expect(try tool.sqlite("SELECT unit_id FROM first_exposures") == "eve")
    }

    @Test("a column phase names it, in CSV and NDJSON, as a number in whatever way it is written")
    func column() throws {
        _ = try run("apply", definition())
        _ = try run("new-phase", "button")
        let csv =
            "experiment,variant_id,user_id,timestamp,phase\nbutton,control,a,2026-01-10T10:00:00Z,2\n"
            + "button,control,b,2026-01-10T10:00:00Z,2.0\nbutton,control,c,2026-01-10T10:00:00Z,\n"
        let ending = try run("import", "exposures", "-", input: csv)
        #expect(ending.errors.contains("button: by their time, 1 line into phase 1."))
        let line =
            #"{"experiment":"button","variant_id":"control","user_id":"d","timestamp":"2026-01-10T10:00:00Z","phase":2}"#
        _ = try run("import", "exposures", "-", "--format", "ndjson", input: line + "\n")
        #expect(try exposures() == "a|2|enrolled\nb|2|enrolled\nc|1|enrolled\nd|2|enrolled")
        for phase in ["3", "0", "one", "1.5"] {
            let refused = try tool.run("import", "exposures", "-", input: csv.replacing(",2\n", with: ",\(phase)\n"))
            #expect(refused.code == 2 && refused.errors.contains("line 2: phase must be"), "\(refused.errors)")
        }
    }

    @Test("the history of a variant that the phase before had belongs to that phase")
    func droppedVariant() throws {
        _ = try run("apply", definition())
        _ = try run("apply", definition(variants: ["control", "blue"]), "--new-phase")
        let lines =
            "experiment,variant_id,user_id,timestamp\nbutton,treatment,a,2030-01-10T10:00:00Z\n"
            + "button,blue,b,2026-01-10T10:00:00Z\n"
        _ = try run("import", "exposures", "-", input: lines)
        #expect(try exposures() == "a|1|enrolled\nb|2|enrolled")
        #expect(try tool.run("verify").code == 0)
    }
}
