import ExperimentJSON
import Testing

@Suite("Texts as strings of JSON")
struct JSONStringTests {
    @Test("quotation marks, backslashes and controls are escaped in every style, and plain text in none")
    func everyStyle() {
        for style in [JSONString.Style.canonical, .compact, .visible] {
            #expect(JSONString.quoted("", style) == "\"\"")
            #expect(JSONString.quoted("naïve 日本語 👩‍💻", style) == "\"naïve 日本語 👩‍💻\"")
            #expect(JSONString.quoted("a\"b\\c/", style) == #""a\"b\\c/""#)
            #expect(JSONString.quoted("\u{0}\u{1f}", style) == #""\u0000\u001f""#)
        }
    }

    @Test("a line feed is a letter, but in the text that stored settings are compared by")
    func lineFeeds() {
        #expect(JSONString.quoted("\n\r\t", .canonical) == #""\u000a\u000d\u0009""#)
        #expect(JSONString.quoted("\n\r\t", .compact) == #""\n\r\t""#)
        #expect(JSONString.quoted("\n\r\t", .visible) == #""\n\r\t""#)
    }

    @Test("what could control a terminal is escaped where somebody may look, and kept elsewhere")
    func terminals() {
        #expect(JSONString.quoted("\u{202e}\u{9b}\u{7f}", .visible) == #""\u202e\u009b\u007f""#)
        #expect(JSONString.quoted("\u{202e}\u{9b}\u{7f}", .compact) == "\"\u{202e}\u{9b}\u{7f}\"")
    }
}
