import Experimentation
import TestSupport
import Testing

@Suite("Bad input")
struct RecordRulesTests {
    /// An input that breaks one rule of both kinds of record.
    struct Break: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let field: String
        let exposure: @Sendable (inout ExposureRecord) -> Void
        let outcome: @Sendable (inout OutcomeRecord) -> Void

        init(
            _ testDescription: String, _ field: String, _ exposure: @escaping @Sendable (inout ExposureRecord) -> Void,
            _ outcome: @escaping @Sendable (inout OutcomeRecord) -> Void
        ) {
            self.testDescription = testDescription
            self.field = field
            self.exposure = exposure
            self.outcome = outcome
        }
    }

    static let breaks = [
        Break("experiment empty", "experiment", { $0.experiment = "" }, { $0.experiment = "" }),
        Break("experiment long", "experiment", { $0.experiment = "\(long)" }, { $0.experiment = "\(long)" }),
        Break("experiment ESC", "experiment", { $0.experiment = "\u{1b}[2J" }, { $0.experiment = "\u{1b}[2J" }),
        Break("user empty", "user_id", { $0.userID = "" }, { $0.userID = "" }),
        Break("user long", "user_id", { $0.userID = "\(long)" }, { $0.userID = "\(long)" }),
        Break("user NUL", "user_id", { $0.userID = "a\0" }, { $0.userID = "a\0" }),
        Break("session empty", "session_id", { $0.sessionID = "" }, { $0.sessionID = "" }),
        Break("session long", "session_id", { $0.sessionID = "\(long)" }, { $0.sessionID = "\(long)" }),
        Break("session attribute empty", "session_id", { $0.attributes = named("") }, { $0.attributes = named("") }),
        Break(
            "two sessions", "session_id",
            {
                $0.sessionID = "caf\u{e9}"
                $0.attributes = named("cafe\u{301}")
            },
            {
                $0.sessionID = "caf\u{e9}"
                $0.attributes = named("cafe\u{301}")
            }),
        Break("before 1970", "timestamp", { $0.timestampMicroseconds = -1 }, { $0.timestampMicroseconds = -1 }),
        Break("year 10000", "timestamp", { $0.timestampMicroseconds = end }, { $0.timestampMicroseconds = end }),
        Break("id empty", "id", { $0.id = "" }, { $0.id = "" }),
        Break("id long", "id", { $0.id = "\(long)" }, { $0.id = "\(long)" }),
        Break("attributes large", "attributes", { $0.attributes = large }, { $0.attributes = large }),
    ]

    private static let long = String(repeating: "x", count: 1_025)
    /// 10000-01-01T00:00:00Z.
    private static let end: Int64 = 253_402_300_800_000_000
    private static let large = ["a": String(repeating: "x", count: 65_536)]

    private static func named(_ session: String) -> [String: String] { ["session_id": session] }

    private func expect(_ field: String, _ body: () throws(ExperimentError) -> Void) {
        do throws(ExperimentError) {
            try body()
            Issue.record("accepted")
        } catch {
            guard case .invalidContext(let input) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(input.field == field)
            #expect(error.status == 400)
            #expect(error.description.hasPrefix(field + " must "))
        }
    }

    @Test("each rule holds for exposures and outcomes alike", arguments: breaks)
    func both(_ broken: Break) {
        var exposure = Shop.exposure("ada")
        broken.exposure(&exposure)
        expect(broken.field) { () throws(ExperimentError) in _ = try exposure.validated() }
        var outcome = Shop.outcome("ada")
        broken.outcome(&outcome)
        expect(broken.field) { () throws(ExperimentError) in _ = try outcome.validated() }
    }

    @Test("a variant's and a metric's name are checked too")
    func names() {
        for name in ["", "a\nb", "\u{202e}", String(repeating: "v", count: 129)] {
            expect("variant_id") { () throws(ExperimentError) in _ = try Shop.exposure("ada", name).validated() }
            expect("metric") { () throws(ExperimentError) in
                _ = try Shop.outcome("ada", metric: name).validated()
            }
        }
    }

    @Test("NaN and infinity are no amounts; everything else is")
    func values() {
        for amount in [Double.nan, .signalingNaN, .infinity, -.infinity] {
            expect("value") { () throws(ExperimentError) in
                _ = try Shop.outcome("ada", .numeric(amount)).validated()
            }
        }
        let legal: [OutcomeValue] = [
            .numeric(-1), .numeric(-0.0), .numeric(.greatestFiniteMagnitude), .numeric(.leastNonzeroMagnitude),
            .count(.min), .count(.max), .count(-1), .bool(false),
        ]
        for value in legal { #expect(throws: Never.self) { try Shop.outcome("ada", value).validated() } }
    }

    @Test("ids may be missing, and attributes may be any text")
    func optional() throws {
        #expect(try Shop.exposure(nil).validated() == Shop.exposure(nil))
        #expect(try Shop.outcome(nil, experiment: nil).validated() == Shop.outcome(nil, experiment: nil))
        var exposure = Shop.exposure("ada")
        exposure.attributes = ["": "", "line\nfeed": "\0", String(repeating: "k", count: 500): "\u{202e}"]
        #expect(try exposure.validated() == exposure)
    }

    @Test("the session attribute stands for a missing session id")
    func session() throws {
        var exposure = Shop.exposure("ada")
        exposure.attributes = ["session_id": "s1"]
        #expect(try exposure.validated().sessionID == "s1")
        exposure.sessionID = "s1"
        #expect(try exposure.validated() == exposure)
        var outcome = Shop.outcome("ada")
        outcome.attributes = ["session_id": "s1"]
        #expect(try outcome.validated().sessionID == "s1")
    }

    @Test("no message repeats what it was given")
    func silence() {
        let secret = "Ada.Lovelace@example.org"
        var records = (Shop.exposure("ada"), Shop.outcome("ada"))
        records.0.userID = UnitID(String(repeating: secret, count: 60))
        records.1.userID = "\(secret)\0"
        let errors: [ExperimentError?] = [
            #expect(throws: ExperimentError.self) { try records.0.validated() },
            #expect(throws: ExperimentError.self) { try records.1.validated() },
            #expect(throws: ExperimentError.self) { try Shop.exposure("ada", secret + "\n").validated() },
            #expect(throws: ExperimentError.self) {
                try HashExperimentPlugin([]).recordExposure(Shop.exposure(secret))
            },
            #expect(throws: ExperimentError.self) { try HashExperimentPlugin([]).assign(secret, for: .init()) },
        ]
        for case .some(let error) in errors {
            #expect(!"\(error)".contains("Ada") && !String(reflecting: error).contains("Ada"))
        }
    }
}
