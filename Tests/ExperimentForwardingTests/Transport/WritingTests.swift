import ExperimentJSON
import ExperimentVendors
import Experimentation
import TestSupport
import Testing

@testable import ExperimentForwarding

/// Any JSON that is written can be read back.
@Suite struct WritingTests {
    @Test func anyTextIsReadBack() throws {
        for text in [
            "", "\"\\/\u{8}\u{c}\n\r\t", "\u{0}\u{1}\u{1f}\u{7f}", "é\u{2028}👩‍👩‍👧‍👦", String(repeating: "x", count: 10_000),
        ] {
            var json = JSONWriter()
            json.object { $0.member(text, text) }
            #expect(try VendorValue(json: json.bytes) == .object([text: .string(text)]))
        }
    }

    @Test func anyNumberIsReadBack() throws {
        var random = SplitMix(seed: 7)
        for _ in 0..<2_000 {
            let number = Double(bitPattern: random.next())
            var json = JSONWriter()
            json.array { $0.value(number) }
            #expect(try VendorValue(json: json.bytes) == .array([number.isFinite ? .number(number) : .null]))
        }
    }

    @Test func membersAndElementsAreSeparated() {
        var json = JSONWriter()
        json.object { json in
            json.member("a", Int64(1))
            json.array("b") { json in
                json.value(true)
                json.null()
                json.object { _ in }
                json.raw("[]")
            }
            json.object("c") { $0.member("d", nil) }
        }
        #expect(String(decoding: json.bytes, as: UTF8.self) == "{\"a\":1,\"b\":[true,null,{},[]],\"c\":{\"d\":null}}")
    }

    @Test(arguments: [0, 1, 100, 70_000, 3_000_000])
    func compressedBytesAreReadBack(_ count: Int) throws {
        var random = SplitMix(seed: UInt64(count))
        let noise = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let text = Array(String(repeating: "{\"event\":\"signup\"},", count: count / 19).utf8)
        #expect(try Gzip.decompressed(Gzip.compressed(noise)) == noise)
        #expect(try Gzip.decompressed(Gzip.compressed(text)) == text)
        if count > 1_000 { #expect(Gzip.compressed(text).count < count / 20) }
    }

    @Test(arguments: [
        ("7", true), ("-0.5e+10", true), ("0", true), ("true", true), ("false", true), ("07", false), ("1.", false),
        (".5", false), ("1e", false), ("1e400", false), ("NaN", false), ("", false), ("-", false), ("True", false),
        ("1 ", false), ("0x1", false),
    ])
    func aTypedAttributeIsANumberOnlyIfItSpellsOne(_ text: String, _ isLiteral: Bool) {
        let typed = DisclosedAttribute(name: "n", text: text, isTyped: true)
        #expect(typed.literal == (isLiteral ? text : nil))
        #expect(DisclosedAttribute(name: "n", text: text, isTyped: false).literal == nil)
    }
}
