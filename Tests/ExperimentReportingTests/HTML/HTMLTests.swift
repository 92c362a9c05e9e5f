import Testing

@testable import ExperimentReporting

@Suite("HTML that escapes by default")
struct HTMLTests {
    @Test("text and attribute values stand for themselves")
    func escaping() {
        let hostile = "<script>alert(\"1\")</script> & 'x'"
        let escaped = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;"
        #expect(HTML(text: hostile).markup == escaped)
        #expect(element("p", .id(hostile)) { hostile }.markup == "<p id=\"\(escaped)\">\(escaped)</p>")
        #expect(name("a\u{202e}b").markup == "<bdi class=\"id\">a\u{202e}b</bdi>")
    }

    @Test("what HTML forbids becomes U+FFFD, anything else passes")
    func forbidden() {
        #expect(
            HTML(text: "a\u{0}b\u{1b}c\u{85}d\u{fffe}e\u{1ffff}f").markup
                == "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}f")
        #expect(HTML(text: "é 日本 🙂\n\t").markup == "é 日本 🙂\n\t")
    }

    @Test("pieces keep their order, and elements without content have no end tag")
    func building() {
        let items = ["a", "b"]
        let list = element("ul") {
            for item in items { element("li") { item } }
            if items.isEmpty { "nothing" } else { void("br") }
        }
        #expect(list.markup == "<ul><li>a</li><li>b</li><br></ul>")
    }
}
