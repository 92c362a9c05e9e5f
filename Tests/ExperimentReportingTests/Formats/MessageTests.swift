import Foundation
import TestSupport
import Testing

@testable import ExperimentReporting

/// The report as messages that other programs deliver.
extension FormatTests {
    /// A part of a mail, decoded, by the boundaries of its kind of multipart.
    private func parts(_ text: String, _ kind: String) throws -> [String] {
        let start = "multipart/\(kind); boundary=\""
        let boundary = try #require(
            text.components(separatedBy: start).dropFirst().first?.components(separatedBy: "\"")[0])
        let pieces = text.components(separatedBy: "--\(boundary)")
        #expect(pieces.last?.hasPrefix("--\n") == true)
        return Array(pieces.dropFirst().dropLast())
    }

    private func decoded(_ part: String) throws -> String {
        let body = try #require(part.range(of: "\n\n").map { part[$0.upperBound...] })
        let data = try #require(Data(base64Encoded: String(body), options: .ignoreUnknownCharacters))
        return String(decoding: data, as: UTF8.self)
    }

    @Test("a mail names in its subject what is due, and has the text, the HTML and the page in it")
    func message() async throws {
        let report = try await report(["zwölf Töpfe"], users: 40)
        let message = MailMessage.render(report)
        #expect(message == MailMessage.render(report))
        #expect(message.utf8.allSatisfy { $0 < 0x80 })
        #expect(message.split(separator: "\n").allSatisfy { $0.utf8.count <= 78 })
        let outer = try parts(message, "mixed")
        #expect(outer.count == 2)
        let inner = try parts(outer[0], "alternative")
        #expect(try decoded(inner[0]) == TextReport.render(report, style: TextStyle(width: 80)))
        #expect(try decoded(inner[1]).contains("The full report is attached."))
        #expect(outer[1].contains("Content-Disposition: attachment; filename=\"experiments-"))
        #expect(try decoded(outer[1]) == HTMLReport.render(report))
        // A mail without an attachment promises none.
        #expect(!EmailReport.render(report).contains("attached"))
    }

    @Test("a header can hold any name, and no name can begin another header")
    func header() throws {
        #expect(MailMessage.header("Subject", "One is running.") == "Subject: One is running.\n")
        for text in [
            "Schiff fährt", "a\nBcc: everybody@example.com", "=?utf-8?B?eA==?=", String(repeating: "ü✓", count: 200),
        ] {
            let lines = MailMessage.header("Subject", text).split(separator: "\n")
            #expect(lines.allSatisfy { $0.utf8.count <= 75 + "Subject: ".utf8.count })
            #expect(lines.dropFirst().allSatisfy { $0.hasPrefix(" =?utf-8?B?") })
            let words = lines.map { $0.components(separatedBy: "?B?")[1].dropLast(2) }
            let bytes = try words.map { try #require(Data(base64Encoded: String($0))) }
            // No word cuts a character.
            #expect(bytes.allSatisfy { String(data: $0, encoding: .utf8) != nil })
            #expect(String(decoding: bytes.reduce(Data(), +), as: UTF8.self) == text)
        }
    }

    @Test("a message for Slack is within its limits, and no name mentions anybody or makes a link")
    func slack() async throws {
        let report = try await report(Shop.hostileNames + ["<!channel>", "<@U123|x>"], users: 600, share: [0.1, 0.9])
        let text = SlackReport.render(report)
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
        let document = try #require(object as? [String: Any])
        let blocks = try #require(document["blocks"] as? [[String: Any]])
        #expect((2...50).contains(blocks.count))
        #expect(document["text"] as? String != "")
        let markups = blocks.compactMap { ($0["text"] as? [String: Any])?["text"] as? String }
        #expect(markups.allSatisfy { $0.unicodeScalars.count <= 3_000 && !$0.contains("<") })
        #expect(markups.contains("*Decide*"))
        #expect(markups.contains { $0.contains("&lt;!channel&gt;") })
    }

    @Test("an experiment stands in one place of the summary, with one sentence")
    func onePlace() async throws {
        // So large a gain is odd, and to be decided on.
        let report = try await report(["one", "two", "three", "four"], users: 1_400, share: [0.1, 0.9])
        let names = (report.decisions + report.repairs).map(\.experiment)
        #expect(Set(names).count == names.count && !names.isEmpty)
        #expect(report.headline.plain.contains("still running") == (names.count < 4))
    }
}
