import Foundation
import TestSupport
import Testing

@Suite("Batches of vendors' logs")
struct VendorBatchTests {
    private let tool = Tool()

    init() throws {
        try tool.define()
    }

    private func load(_ text: String, _ options: String..., vendor: String = "posthog") throws -> Tool.Ending {
        try tool.bare(
            ["import", "exposures", "-", "--format", vendor, "--database", tool.database] + options, input: text)
    }

    private func event(_ number: Int, _ more: String = "") -> String {
        #"{"event":"$feature_flag_called","distinct_id":"u\#(number)","timestamp":"2026-01-05T10:00:00Z","properties":"#
            + #"{"$feature_flag":"button","$feature_flag_response":"control"\#(more)}}"#
    }

    private func users() throws -> String { try tool.sqlite("SELECT group_concat(user_id, '') FROM exposures") }

    @Test("what stands around a batch's list is passed over, wherever batches are and whatever texts say")
    func around() throws {
        let odd = #"{"a":"]}","b":"\"batch\":[{","\\":{"batch":[{}]},"batch":null,"data":[1,"x",null],"events":[]}"#
        let text = """
            [{"api_key":"k","x":\(odd),"batch":[\(event(1)),\(event(2))],"y":\(odd),"sent_at":"]"},
             {"batch"  :\n[ \(event(3)) , {"data":[\(event(4))],"more":[{"batch":[\(event(9))]}]} ]},
             {"batch":[]},{"events":[[\(event(5))],\(event(6))]}]
            {"batch":[\(event(7))],"events":[\(event(8))]}
            """
        let ending = try load(text)
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(try users() == "u1u2u3u4u5u6u7u8")
    }

    @Test("Optimizely's visitors are taken one by one")
    func visitors() throws {
        func visitor(_ number: Int) -> String {
            """
            {"snapshots":[{"decisions":[{"experiment_id":"5","variation_id":"7","metadata":{"rule_key":"button",
            "rule_type":"experiment","variation_key":"control"}}],"events":[{"key":"campaign_activated",
            "timestamp":1767607200123,"uuid":"e\(number)"}]}],"visitor_id":"u\(number)"}
            """
        }
        let text = #"{"account_id":"a","visitors":[\#(visitor(1)),\#(visitor(2))],"revision":"1"}{"visitors":[]}"#
        #expect(try load(text, vendor: "optimizely").code == 0)
        #expect(try users() == "u1u2")
    }

    @Test("a batch that ends in the middle and an element that is no event are refused, each with its line")
    func broken() throws {
        let cut = try load(#"{"batch":[\#(event(1)),"# + "\n" + event(2).dropLast(9))
        #expect(cut.code == 2 && cut.errors.contains("line 2: line must be a JSON object, and not the beginning"))
        let unended = try load("[\n\(event(1)),\n\(event(2))\n")
        #expect(unended.code == 2 && unended.errors.contains("of a list that does not end: is the file whole?"))
        let mixed = "{\"batch\":[\(event(1)),\n7,\n\"]\",{\"a\":},\n\(event(2))]}"
        let ending = try load(mixed, "--on-error", "skip")
        #expect(ending.code == 3, "\(ending.errors)")
        for line in ["line 2: line must be a JSON object", "line 3: line must be", "3 lines refused"] {
            #expect(ending.errors.contains(line), "\(ending.errors)")
        }
        #expect(try users() == "u1u2")
    }

    @Test("a batch of 40 MB is read event by event, and an event beyond 4 MiB is refused by its line")
    func long() throws {
        let filler = String(repeating: "a", count: 4_000_000)
        let others = (0..<10).map { _ in #"{"event":"$pageview","properties":{"x":"\#(filler)"}}"# }
        let batch = "{\"batch\":[\(others.joined(separator: ",\n")),\n\(event(1))]}"
        let ending = try load(batch)
        #expect(
            ending.code == 0 && ending.errors.contains("Passed over 10 × $pageview."), "\(ending.errors.prefix(300))")
        let long = try load(
            "{\"batch\":[\n\(event(2, ",\"x\":\"\(filler)\(filler)\"")),\n\(event(3))]}", "--on-error", "skip")
        #expect(
            long.code == 3 && long.errors.contains("line 2: line must be at most 4 MiB"), "\(long.errors.prefix(300))")
        #expect(try users() == "u1u3")
    }
}
