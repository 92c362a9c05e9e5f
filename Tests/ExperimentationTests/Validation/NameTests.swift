import Experimentation
import TestSupport
import Testing

@Suite("Names and ids")
struct NameTests {
    /// Whether a name is accepted, the same way as the name of an experiment, a variant and a metric.
    private func isAccepted(_ name: String) throws -> Bool {
        let pair = [VariantDefinition("a", isControl: true), VariantDefinition("b")]
        let verdicts = [
            (try? Experiment(id: name, variants: pair)) != nil,
            (try? Experiment(id: "e", variants: pair + [VariantDefinition(name)])) != nil,
            (try? MetricDefinition(name: name, kind: .bool)) != nil,
            (try? record(metric: name).validated()) != nil,
        ]
        try #require(Set(verdicts).count == 1)
        return verdicts[0]
    }

    private func record(metric: String = "m", userID: String? = "u", id: String? = nil) -> OutcomeRecord {
        OutcomeRecord(
            experiment: nil, metric: metric, value: .bool(true), userID: userID, timestampMicroseconds: 0, id: id)
    }

    @Test("spaces, quotes and any script are legal")
    func legal() throws {
        let names = [
            " ", " leading and trailing ", "it's", "\"quoted\"", "'; DROP TABLE exposure; --", "a,b;c", "%s", "\\",
            "日本語", "עברית", "العربية", "हिन्दी", "👩‍💻", "\u{200c}", "a\u{200e}b", "a\u{200f}b", "\u{61c}", "e\u{301}",
            "\u{feff}", "\u{fffd}", "\u{10ffff}", String(repeating: "n", count: 128),
            String(repeating: "é", count: 64),
        ]
        for name in names { #expect(try isAccepted(name), "\(Array(name.utf8))") }
    }

    @Test("empty, too long, control, separating and bidirectional-override characters are not")
    func illegal() throws {
        #expect(try !isAccepted(""))
        #expect(try !isAccepted(String(repeating: "n", count: 129)))
        #expect(try !isAccepted(String(repeating: "é", count: 64) + "x"))
        let controls = Array(0...0x1f) + Array(0x7f...0x9f)
        let separators = [0x2028, 0x2029]
        let overrides = Array(0x202a...0x202e) + Array(0x2066...0x2069)
        for value in (controls + separators + overrides).map({ UInt32($0) }) {
            let scalar = try #require(Unicode.Scalar(value))
            #expect(try !isAccepted("a\(scalar)b"), "U+\(String(value, radix: 16))")
        }
    }

    @Test("control characters are exactly Unicode's category Cc")
    func category() throws {
        for value in UInt32(0)...0x10ffff {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let isControl = scalar.properties.generalCategory == .control
            guard isControl != (value < 0x20 || (value >= 0x7f && value < 0xa0)) else { continue }
            Issue.record("U+\(String(value, radix: 16))")
        }
    }

    @Test("a unit's id is 1 to 1,024 bytes without U+0000, and otherwise anything")
    func unitIDs() {
        for id in [" ", "\n", "\u{1}", "\u{202e}", "-0", "0", String(repeating: "é", count: 512)] {
            #expect(throws: Never.self) { try record(userID: id).validated() }
        }
        for id in ["", "a\0b", String(repeating: "é", count: 512) + "x"] {
            #expect(throws: ExperimentError.self) { try record(userID: id).validated() }
        }
    }

    @Test("a record's id is 1 to 64 bytes")
    func recordIDs() {
        #expect(throws: Never.self) { try record(id: String(repeating: "é", count: 32)).validated() }
        for id in ["", "a\0b", String(repeating: "i", count: 65)] {
            #expect(throws: ExperimentError.self) { try record(id: id).validated() }
        }
    }

    @Test("random bytes are accepted or refused with a reason, never more", arguments: 0..<8)
    func fuzz(_ seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        let plugin = try HashExperimentPlugin([Experiment(id: "e", variants: ExperimentTests.pair)])
        for _ in 0..<600 {
            let name = random.text(upTo: 160)
            let isLegal =
                (1...128).contains(name.utf8.count)
                && name.unicodeScalars.allSatisfy {
                    $0.properties.generalCategory != .control && !(0x202a...0x202e).contains($0.value)
                        && !(0x2066...0x2069).contains($0.value)
                }
            #expect(try isAccepted(name) == isLegal)
            let user = random.text(upTo: 1_400)
            let isUser = (1...1_024).contains(user.utf8.count) && !user.utf8.contains(0)
            do throws(ExperimentError) {
                let variant = try plugin.assign("e", for: ExperimentContext(userID: user))
                let point = DefaultHash("e:" + user).point
                #expect(isUser && variant.variantID == (point < 0.5 ? "a" : "b"))
            } catch {
                #expect(!isUser && error.status == 400)
            }
        }
    }
}
