import Foundation
import TestSupport
import Testing

@Suite("Days of a place")
struct TimezoneTests {
    private let tool = Tool()

    /// The days on which units were first exposed, as the report says them.
    private func days(_ options: String...) throws -> [String] {
        let ending = try tool.bare(["report", "button", "--format", "json", "--database", tool.database] + options)
        #expect(ending.code == 0, "\(ending.errors)")
        return ending.output.matches(of: /"day": "([-0-9]{10})"/).map { String($0.output.1) }
    }

    private func expose(_ times: String...) throws {
        try tool.define()
        let lines = times.enumerated().map { "button,control,u\($0.offset),\($0.element)\n" }.joined()
        #expect(
            try tool.run("import", "exposures", "-", input: "experiment,variant_id,user_id,timestamp\n" + lines).code
                == 0)
    }

    @Test("a report's days are those of the zone, also where clocks change, and UTC's without one")
    func report() throws {
        // 2026-03-29 has 23 hours in Berlin, 2026-10-25 has 25: from 22:00 UTC on the day before to 22:59 UTC.
        try expose(
            "2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z",
            "2026-10-24T21:59:59Z", "2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z")
        #expect(try days() == ["2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25"])
        #expect(
            try days("--timezone", "Europe/Berlin")
                == ["2026-03-28", "2026-03-29", "2026-03-30", "2026-10-24", "2026-10-25", "2026-10-26"])
        #expect(try days("--timezone", "+09:00") == ["2026-03-29", "2026-03-30", "2026-10-25", "2026-10-26"])
        let named = try tool.run("report", "button", "--timezone", "Europe/Berlin")
        #expect(named.output.contains("midnight Europe/Berlin"), "\(named.output)")
        let unknown = try tool.run("report", "--timezone", "Mars/Base")
        #expect(unknown.code == 1 && unknown.errors.contains("is no zone"))
    }

    @Test("a definitions file names the zone for all reports and nights, an option another one for one of them")
    func named() throws {
        let zone = { (name: String) in try tool.file("zone.toml", "timezone = \"\(name)\"\n") }
        try expose("2026-01-05T14:59:59Z", "2026-01-05T15:00:00Z")
        #expect(try tool.run("apply", zone("Asia/Tokyo")).output == "timezone Asia/Tokyo: new\n")
        #expect(try tool.run("apply", zone("Asia/Tokyo")).output == "timezone Asia/Tokyo: unchanged\n")
        #expect(try days() == ["2026-01-05", "2026-01-06"])
        #expect(try days("--timezone", "UTC") == ["2026-01-05"])
        #expect(try tool.run("nightly", "--date", "2026-01-05").code == 0)
        #expect(try tool.sqlite("SELECT as_of_us FROM night") == "1767625200000000")
        let changed = try tool.run("apply", zone("UTC"))
        #expect(changed.output.hasPrefix("timezone UTC: changed: Asia/Tokyo before"), "\(changed.output)")
        for unknown in ["Mars/Base", ""] { #expect(try tool.run("apply", zone(unknown)).code == 2) }
    }

    @Test("a night ends at the zone's midnight, and a date that is not over there is refused")
    func nights() throws {
        try expose("2026-01-05T14:59:59Z", "2026-01-05T15:00:00Z")
        #expect(try tool.run("nightly", "--date", "2026-01-05", "--timezone", "+09:00").code == 0)
        #expect(try tool.run("nightly", "--date", "2026-01-06", "--timezone", "+09:00").code == 0)
        #expect(
            try tool.sqlite("SELECT date, units_exposed FROM nightly_decisions WHERE experiment = 'button' ORDER BY 1")
                == "2026-01-05|1\n2026-01-06|2")
        // Half a day before UTC the day of tomorrow never is over.
        let tomorrow = String((Date.now + 86_400).ISO8601Format().prefix(10))
        let refused = try tool.run("nightly", "--date", tomorrow, "--timezone", "Pacific/Kiritimati")
        #expect(refused.code == 1 && refused.errors.contains("is not over in Pacific/Kiritimati"), "\(refused.errors)")
    }
}
