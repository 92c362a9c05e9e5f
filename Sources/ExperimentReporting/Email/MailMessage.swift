import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A report as a whole mail: a subject that names what is due, the summary as text and as HTML, and the page attached.
///
/// The mail has no addressee and no date: a line `To: …` is put before it, and the mail program adds the rest. The same report
/// makes
/// the same bytes. Every part is Base64, so that no line is too long for a relay (RFC 5322, 2.1.1).
public enum MailMessage {
    /// Renders a report.
    /// - Parameter report: The report.
    /// - Returns: A message by RFC 5322 and MIME (RFC 2045 to 2047), lines ended by a newline, as `sendmail -t` takes it.
    public static func render(_ report: Report) -> String {
        let page = HTMLReport.render(report)
        let plain = part("text/plain; charset=utf-8", TextReport.render(report, style: TextStyle(width: 80)))
        let html = part("text/html; charset=utf-8", EmailReport.render(report, isAttached: true))
        let name = "experiments\(report.date.map { "-" + $0.text } ?? "").html"
        let attachment = part(
            "text/html; charset=utf-8; name=\"\(name)\"", page,
            "Content-Disposition: attachment; filename=\"\(name)\"\n")
        // Base64 has no "=_", so that no line of a part can be taken for a boundary.
        let mark = String(DefaultHash(page).fnv1a64, radix: 16)
        let body = parts([plain, html], "alternative", boundary: "=_a_\(mark)")
        return header("Subject", report.headline.plain) + "MIME-Version: 1.0\n"
            + parts([body, attachment], "mixed", boundary: "=_m_\(mark)")
    }

    private static func parts(_ parts: [String], _ kind: String, boundary: String) -> String {
        "Content-Type: multipart/\(kind); boundary=\"\(boundary)\"\n\n"
            + parts.map { "--\(boundary)\n\($0)\n" }.joined() + "--\(boundary)--\n"
    }

    private static func part(_ type: String, _ text: String, _ more: String = "") -> String {
        let lines = Data(text.utf8).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
        return "Content-Type: \(type)\nContent-Transfer-Encoding: base64\n\(more)\n\(lines)\n"
    }

    /// A header; what is not printable ASCII, and what is long, as encoded words of at most 75 characters each (RFC 2047, 2).
    static func header(_ name: String, _ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { 0x20...0x7e ~= $0.value } && text.utf8.count <= 60
        guard !isPlain || text.contains("=?") else { return "\(name): \(text)\n" }
        var words: [String] = []
        var word = ""
        for character in text.unicodeScalars {
            // 45 bytes are 60 characters of Base64; a character must not be cut (RFC 2047, 5).
            if word.utf8.count + String(character).utf8.count > 45 {
                words.append(word)
                word = ""
            }
            word.unicodeScalars.append(character)
        }
        words.append(word)
        let encoded = words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }
        return "\(name): \(encoded.joined(separator: "\n "))\n"
    }
}
