import Experimentation
import Foundation
import TestSupport
import Testing

@testable import ExperimentVendors

@Suite("Settings of a phase")
struct SettingsTests {
    private static let variants = [VariantDefinition("a", isControl: true), VariantDefinition("b")]

    /// The reason why settings are refused; nil where they are not.
    private func refusal(_ algorithm: AssignmentAlgorithm, _ settings: String?) throws -> String? {
        let experiment = try Experiment(
            id: "e", variants: Self.variants, algorithm: algorithm, seed: "s", settings: settings)
        do throws(ExperimentError) {
            try AssignmentAlgorithms.vendors.check(experiment)
            return nil
        } catch {
            #expect(error.status == 400)
            return "\(error)"
        }
    }

    @Test(
        "settings that do not fit the algorithm are refused, with every problem of theirs",
        arguments: [
            (.growthBook, nil, ["must be there with the algorithm growthbook"]),
            (
                .growthBook, "{}",
                ["encoding: is missing", "hashVersion: is", "ranges: is", "filters: is", "earlier: is"]
            ),
            (
                .growthBook,
                """
                {"encoding": "latin1", "hashVersion": "2", "ranges": [[0, 1], [0]], "filters": [{"seed": 1}],
                "earlier": [{}], "ranges": [], "more": 1}
                """,
                [
                    "encoding: must be one of utf8, utf16, codepoint, utf16-low-byte",
                    "hashVersion: must be a whole number", "ranges[1]: must be two numbers",
                    "filters[0].ranges: is missing", "filters[0].seed: must be a text", "earlier[0].seed: is missing",
                    "earlier[0].settings: is missing", "ranges: is there more than once",
                ]
            ),
            (
                .growthBook,
                #"{"encoding": "utf16", "hashVersion": 2, "ranges": [[0, 1]], "filters": [], "earlier": []}"#,
                ["as many ranges as there are variants"]
            ),
            (
                .statsig,
                """
                {"gates": [{"salt": "s", "ruleSalt": "r", "passPercentage": true, "isHoldout": 1}], "exclusions": [{}],
                "groups": [[[0, 500]], [[500, 1001]], [[2, 1]], [[-1, 1]], [[1]], [[0.5, 1]], 1]}
                """,
                [
                    "gates[0].passPercentage: must be a number", "gates[0].isHoldout: must be true or false",
                    "exclusions[0].salt: is missing", "exclusions[0].buckets: is missing",
                    "groups[1][0]: must be a range within 0 to 1000", "groups[2][0]: must be a range",
                    "groups[3][0]: must be a range", "groups[4][0]: must be a range",
                    "groups[5][0][0]: must be a whole number", "groups[6]: must be a list",
                ]
            ),
            (.statsig, #"{"gates": [], "exclusions": [], "groups": []}"#, ["as many groups"]),
            (
                .postHog,
                #"{"holdout": "x", "conditions": [{"rollout": [], "variant": 0.5, "x": 1}], "variants": [null]}"#,
                [
                    "holdout: must be a number", "conditions[0].rollout: must be a number",
                    "conditions[0].variant: must be a whole number",
                    "variants[0]: must not be null",
                ]
            ),
            (.postHog, #"{"conditions": [], "variants": [100]}"#, ["as many variants"]),
            (
                .optimizely,
                """
                {"encoding": "utf8", "entries": [{"end": "1", "index": true}], "group": {"entityID": 1}, "holdouts": 1,
                "earlier": [{"id": "1", "settings": 2}]}
                """,
                [
                    "entries[0].end: must be a whole number", "entries[0].index: must be a whole number",
                    "group.entries: is missing", "group.entityID: must be a text", "holdouts: must be a list",
                    "earlier[0].settings: must be an object",
                ]
            ),
        ] as [(AssignmentAlgorithm, String?, [String])])
    func refused(_ algorithm: AssignmentAlgorithm, _ settings: String?, _ problems: [String]) throws {
        let text = try #require(try refusal(algorithm, settings))
        #expect(text.contains("settings"))
        for problem in problems { #expect(text.contains(problem)) }
        if problems.count > 1 { #expect(text.split(separator: ";").count == problems.count, "\(text)") }
    }

    @Test(
        "a field that an algorithm does not read is refused with its path as a definition comes in, and read on in a file",
        arguments: [
            (
                .growthBook,
                """
                {"encoding": "utf16", "hashVersion": 2, "ranges": [[0, 0.5], [0.5, 1]], "hashVerison": 1,
                "filters": [{"seed": "s", "ranges": [], "atribute": "id"}], "earlier": [{"seed": "t", "settings":
                {"encoding": "utf16", "hashVersion": 2, "ranges": [], "filters": [], "earlier": [], "more": 0}}]}
                """, "hashVerison, filters[0].atribute, earlier[0].settings.more"
            ),
            (
                .statsig,
                """
                {"gates": [{"salt": "s", "ruleSalt": "r", "passPercentage": 1, "isHoldout": true, "x": false}],
                "exclusions": [{"salt": "s", "buckets": [], "bucket": 1}], "groups": [[], []], "group": 1}
                """, "gates[0].x, exclusions[0].bucket, group"
            ),
            (
                .postHog, #"{"conditions": [{"rolout": 20}], "variants": [50, 50], "é": "", "holdouts": 1}"#,
                "conditions[0].rolout, é, holdouts"
            ),
            (
                .optimizely,
                """
                {"encoding": "utf8", "entries": [{"end": 1, "idnex": 0}], "group": {"entityID": "g", "entries": [],
                "x": 1}, "holdouts": [], "earlier": [], "holdout": [1]}
                """, "entries[0].idnex, group.x, holdout"
            ),
        ] as [(AssignmentAlgorithm, String, String)])
    func unread(_ algorithm: AssignmentAlgorithm, _ settings: String, _ paths: String) throws {
        let name = algorithm.rawValue
        #expect(
            try refusal(algorithm, settings)
                == "settings must not have fields that the algorithm \(name) does not know: \(paths)")
        // As stored, by whatever version: it assigns, and its definition may change in all else.
        func experiment(_ settings: String, goals: [String] = []) throws -> Experiment {
            try Experiment(
                id: "e", variants: Self.variants, goals: goals, algorithm: algorithm, seed: "s", settings: settings)
        }
        let stored = try experiment(settings)
        _ = try HashExperimentPlugin([stored], algorithms: .vendors)
        #expect(throws: Never.self) {
            try AssignmentAlgorithms.vendors.check(experiment(settings + "", goals: ["g"]), replacing: stored)
        }
        let other = settings.replacing("{", with: #"{"more": 7,"#, maxReplacements: 1)
        #expect(throws: ExperimentError.self) {
            try AssignmentAlgorithms.vendors.check(experiment(other), replacing: stored)
        }
    }

    @Test("random settings of every vendor are read back as they were written")
    func roundTrip() throws {
        var random = SplitMix(seed: 1)
        func check<Settings: Encodable & Equatable>(_ settings: Settings, _ read: (JSONReader) -> Settings) throws {
            let text = try VendorSettings.encode(settings)
            #expect(try VendorFile(text, read).value == settings, "\(text)")
        }
        for _ in 0..<500 {
            try check(random.growthBook(depth: 2), GrowthBookSettings.init)
            try check(random.optimizely(depth: 2), OptimizelySettings.init)
            try check(random.statsig(), StatsigSettings.init)
            try check(random.postHog(), PostHogSettings.init)
        }
    }

    @Test("settings with random bytes changed are read or refused, and never end the process")
    func mutated() throws {
        var random = SplitMix(seed: 2)
        let pieces = [
            "-1", "1e308", "9e999", "99999999999999999999", "null", "\"\\u12\"", "[", "]", "{", "}", ",", "\\",
        ]
        var read = 0
        for round in 0..<4_000 {
            let (algorithm, settings): (AssignmentAlgorithm, any Encodable) =
                switch round % 4 {
                case 0: (.growthBook, random.growthBook(depth: 1))
                case 1: (.optimizely, random.optimizely(depth: 1))
                case 2: (.statsig, random.statsig())
                default: (.postHog, random.postHog())
                }
            var bytes = Array(try VendorSettings.encode(settings).utf8)
            for _ in 0...random.below(3) {
                let place = random.below(bytes.count)
                let end = min(place + random.below(5), bytes.count)
                bytes.replaceSubrange(place..<end, with: Array(pieces[random.below(pieces.count)].utf8))
            }
            let experiment = try? Experiment(
                id: "e", variants: Self.variants, algorithm: algorithm, seed: "s",
                settings: String(decoding: bytes, as: UTF8.self))
            guard let experiment, let plugin = try? HashExperimentPlugin([experiment], algorithms: .vendors) else {
                continue
            }
            read += 1
            for unit in ["", "u", "é"] { _ = try? plugin.assign("e", for: ExperimentContext(userID: unit)) }
        }
        #expect(read > 20)
    }
}
