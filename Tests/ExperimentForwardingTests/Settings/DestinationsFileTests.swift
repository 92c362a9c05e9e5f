import ExperimentForwarding
import Experimentation
import Foundation
import TestSupport
import Testing

@testable import experiments_forward

/// A file of destinations is read whole, or what is wrong with it is named, never with a key or an address.
@Suite struct DestinationsFileTests {
    private let folder = TemporaryFolder()

    init() throws {
        try write("key", "phc_secret_key\n")
        try write("address", "https://127.0.0.1/secret-path")
        try write("hash", "a key of sixteen bytes or more")
        try write(
            "datafile.json",
            String(decoding: JSONEncoder().encode(Recording.named("optimizely").datafile), as: UTF8.self))
        try write("specs.json", "{\"feature_gates\": [], \"dynamic_configs\": [], \"layer_configs\": []}")
    }

    private func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: folder.file(name)))
    }

    /// Reads a text in which `@` stands for the folder.
    private func read(_ text: String) throws -> [Destination] {
        try write("forward.toml", text.replacing("@", with: folder.path))
        return try DestinationsFile.read(folder.file("forward.toml"))
    }

    private static let all = """
        [[destinations]]
        name = "posthog"
        kind = "posthog"
        key = { file = "@/key" }
        protocol = "batch"
        historical = true
        values = { purchase = "revenue" }
        groups = ["company"]
        experiments = ["button"]
        consent = { attribute = "analytics", value = "yes" }
        unit_attributes = ["country", "email"]
        event_attributes = ["sku"]
        typed_attributes = ["sku"]
        private_attributes = ["email"]
        hash_ids = { file = "@/hash" }

        [[destinations]]
        name = "growthbook"
        kind = "growthbook"
        key = { file = "@/key" }
        requests_per_second = 2.5

        [[destinations]]
        name = "statsig"
        kind = "statsig"
        form = "legacy"
        key = { file = "@/key" }
        specs = "@/specs.json"
        custom_ids = ["companyID"]

        [[destinations]]
        name = "optimizely"
        kind = "optimizely"
        datafile = "@/datafile.json"
        revenue = ["purchase"]
        strict = false

        [[destinations]]
        name = "lake"
        kind = "ndjson"
        address = { file = "@/address" }
        rows_per_request = 500
        gzip = true
        """

    @Test func everyKindIsRead() throws {
        let destinations = try read(Self.all)
        #expect(destinations.map(\.name) == ["posthog", "growthbook", "statsig", "optimizely", "lake"])
        #expect(destinations[0].filter.experiments == ["button"])
        #expect(destinations[0].filter.consent == EventFilter.Consent(attribute: "analytics", value: "yes"))
        #expect(destinations[0].attributes.private == ["email"])
        guard case .postHog(let capture) = destinations[0].receiver,
            case .growthBook(let growthBook) = destinations[1].receiver,
            case .statsig(let statsig) = destinations[2].receiver,
            case .optimizely(let optimizely) = destinations[3].receiver,
            case .ndjson(let lake) = destinations[4].receiver
        else {
            Issue.record("wrong kinds")
            return
        }
        #expect(capture.key.text == "phc_secret_key")
        #expect(capture.version == .batch && capture.isHistorical && capture.valueNames == ["purchase": "revenue"])
        #expect(growthBook.limits.requestsPerSecond == 2.5)
        #expect(statsig.form == .legacy && statsig.customIDs == ["companyID"])
        #expect(optimizely.revenueMetrics == ["purchase"] && !optimizely.isStrict)
        #expect(lake.limits.rowsPerRequest == 500 && lake.limits.isCompressed)
        #expect(lake.address.url == "https://127.0.0.1/secret-path")
    }

    @Test func whatIsSaidShowsNoKeyAndNoAddress() throws {
        let lines = try read(Self.all).flatMap(CheckCommand.lines)
        #expect(lines.contains("posthog: PostHog, batch"))
        #expect(lines.contains("  attributes: country, sku"))
        #expect(lines.contains("  ids: hashed"))
        #expect(lines.contains("  a row that is sent again counts again: it knows no ids"))
        #expect(!lines.contains { $0.contains("secret") || $0.contains("127.0.0.1") || $0.contains("sixteen") })
    }

    @Test(arguments: [
        ("name = \"a\"", "lacks 'kind'"), ("kind = \"posthog\"", "lacks 'name'"),
        ("name = \"a\"\nkind = \"mixpanel\"", "one of growthbook, statsig"),
        ("name = \"a\"\nkind = \"posthog\"", "lacks 'key'"),
        ("name = \"a\"\nkind = \"posthog\"\nkey = \"phc_secret\"", "must be a table"),
        ("name = \"a\"\nkind = \"posthog\"\nkey = { environment = \"NO_SUCH_VARIABLE\" }", "NO_SUCH_VARIABLE"),
        ("name = \"a\"\nkind = \"posthog\"\nkey = { file = \"@/missing\" }", "cannot be read"),
        ("name = \"a\"\nkind = \"posthog\"\nkey = { file = \"@/key\" }\ntypo = 1", "typo is not a known key"),
        (
            "name = \"a\"\nkind = \"posthog\"\nkey = { file = \"@/key\" }\ndatafile = \"x\"",
            "datafile is not a known key"
        ),
        ("name = \"a\"\nkind = \"posthog\"\nkey = { file = \"@/key\" }\nflags = \"@/specs.json\"", "no flags"),
        ("name = \"a\"\nkind = \"posthog\"\nkey = { file = \"@/key\" }\nrows_per_request = 0", "whole number from 1"),
        ("name = \"a\"\nkind = \"posthog\"\nkey = { file = \"@/key\" }\nexperiments = [1]", "list of texts"),
        ("name = \"a\"\nkind = \"posthog\"\nkey = { file = \"@/key\" }\nhash_ids = { file = \"@/key\" }", "16 bytes"),
        ("name = \"a\"\nkind = \"optimizely\"", "lacks 'datafile'"),
        ("name = \"a\"\nkind = \"optimizely\"\ndatafile = \"@/datafile.json\"\nexperiments = [\"other\"]", "'other'"),
        ("name = \"a\"\nkind = \"statsig\"\nkey = { file = \"@/key\" }", "lacks 'specs'"),
        ("name = \"a\"\nkind = \"ndjson\"", "lacks 'address'"),
        ("name = \"a\"\nkind = \"ndjson\"\naddress = { file = \"@/key\" }", "must be a URL"),
        ("name = \"\"\nkind = \"ndjson\"\naddress = { file = \"@/address\" }", "1 to 128 bytes"),
        ("name = ", "line 2"),
    ])
    func whatIsWrongIsNamed(_ section: String, _ part: String) throws {
        let problem = #expect(throws: SettingsProblem.self) { try read("[[destinations]]\n" + section) }
        let text = problem?.description ?? ""
        #expect(text.contains(part), "\(text)")
        #expect(!text.contains("secret"))
    }

    @Test func namesAreUnique() throws {
        let one = "[[destinations]]\nname = \"a\"\nkind = \"ndjson\"\naddress = { file = \"@/address\" }\n"
        #expect(throws: SettingsProblem.self) { try read(one + one) }
        #expect(throws: SettingsProblem.self) { try read("") }
    }
}
