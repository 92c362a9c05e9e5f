import ExperimentJSON
import TestSupport
import Testing

@Suite("Values of JSON")
struct JSONValueTests {
    @Test("what is written is read back as the same, whatever it is")
    func roundTrip() throws {
        var random = SplitMix(seed: 7)
        func value(_ depth: Int) -> JSONValue {
            switch random.below(depth > 3 ? 5 : 7) {
            case 0: .null
            case 1: .bool(random.chance(0.5))
            case 2: .integer(Int(bitPattern: UInt(random.next())) >> random.below(64))
            case 3: JSONValue(Double(sign: .minus, exponent: random.below(600) - 300, significand: 1.7))
            case 4:
                .string(
                    String(
                        (0..<random.below(6)).map { _ in
                            "\"\\/\n\u{1f}\u{7f}é\u{301}😀a,".randomElement(using: &random) ?? "a"
                        }))
            case 5: .array((0..<random.below(4)).map { _ in value(depth + 1) })
            default: .object((0..<random.below(4)).map { ("k\($0)", value(depth + 1)) })
            }
        }
        for _ in 0..<500 {
            let written = JSONValue.object([("value", value(0))]).canonical
            #expect(JSONValue(json: written)?.canonical == written)
        }
    }

    @Test("what a value cannot hold as it is written is named by its path, and nothing is read")
    func problems() {
        var notes: [String] = []
        let json = #"{"a": 1, "b": [{"a": 2}, 18446744073709551616], "a": 1e999}"#
        #expect(JSONValue(json: json) { notes.append("\($0) \($1)") } == nil)
        #expect(
            notes == [
                "b[1] must be an integer of at most 64 bits, or have a fraction or an exponent",
                "a is there more than once", "a must be a finite number",
            ])
        #expect(JSONValue(json: "{") == nil)
    }

    @Test("a document keeps the order of its keys, a line has no spaces, and the text to compare by sorts them")
    func layouts() {
        let value = JSONValue.object([
            ("b", .array([.integer(1), .number(0.5)])),
            ("a", .object([("é", .string("\u{9b}")), ("z", .number(.nan))])),
        ])
        #expect(value.document == "{\n  \"b\": [1, 0.5],\n  \"a\": {\"é\": \"\\u009b\", \"z\": null}\n}\n")
        #expect(value.line == "{\"b\":[1,0.5],\"a\":{\"é\":\"\\u009b\",\"z\":null}}\n")
        #expect(value.canonical == "{\"a\":{\"z\":null,\"é\":\"\u{9b}\"},\"b\":[1,0.5]}")
    }

    @Test("numbers that are equal are equal values, whichever way they are written")
    func numbers() {
        #expect(JSONValue(3).canonical == "3" && JSONValue(-0.5).canonical == "-0.5")
        #expect(JSONValue(-3).canonical == "-3" && JSONValue(1e19).canonical == "10000000000000000000")
        #expect(JSONValue(json: "[1e2, 100, 100.0]")?.canonical == "[100,100,100]")
    }

    @Test("fields are told apart by the bytes of their names")
    func names() {
        #expect(JSONNode.FieldName("é") != JSONNode.FieldName("e\u{301}"))
        #expect(JSONValue(json: "{\"é\": 1, \"e\u{301}\": 2}")?.canonical == "{\"e\u{301}\":2,\"é\":1}")
    }

    @Test("texts under their names are one object, in the order of the names' bytes")
    func texts() {
        #expect(JSONWriter.object(["é": "1", "z": "a/\"b\n", "A": ""]) == #"{"A":"","z":"a/\"b\n","é":"1"}"#)
        #expect(JSONWriter.object([:]) == "{}")
    }
}
