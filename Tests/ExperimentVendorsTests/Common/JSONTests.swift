import Foundation
import TestSupport
import Testing

@testable import ExperimentVendors

@Suite("JSON")
struct JSONTests {
    private func value(_ bytes: some Sequence<UInt8>) -> VendorValue? {
        let file = try? VendorFile(Data(bytes)) { $0.value }
        return file?.value
    }

    @Test(
        "values are read as the standard says",
        arguments: [
            (" null\t", .null), ("true", .bool(true)), ("\r\nfalse", .bool(false)), ("0", .number(0)),
            ("-0", .number(0)),
            ("-12", .number(-12)), ("1.5e3", .number(1_500)), ("1E-2", .number(0.01)), ("2e+0", .number(2)),
            ("9223372036854775807", .number(0x1p63)), ("-9223372036854775808", .number(-0x1p63)),
            ("99999999999999999999", .number(1e20)), ("0.1", .number(0.1)), ("5e-324", .number(.leastNonzeroMagnitude)),
            (#""""#, .string("")), (#""a\"\\\/\b\f\n\r\t""#, .string("a\"\\/\u{8}\u{c}\n\r\t")),
            (#""\u00e9\u0000\ud83d\ude00\uFFFD""#, .string("é\0😀\u{fffd}")), ("\"é😀\u{7f}\"", .string("é😀\u{7f}")),
            ("[]", .array([])), ("[1, [2] ,{}]", .array([.number(1), .array([.number(2)]), .object([:])])),
            (#"{"a" : 1,"b":{"c":null}}"#, .object(["a": .number(1), "b": .object(["c": .null])])),
            ("\u{feff}1", .number(1)),
        ] as [(String, VendorValue)])
    func good(_ text: String, _ expected: VendorValue) {
        #expect(value(text.utf8) == expected)
    }

    @Test(
        "what is no JSON is refused",
        arguments: [
            "", " ", "nul", "True", "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x1", "NaN", "Infinity", "1 2", "[1,]",
            "[,]", "[1",
            "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{1:1}", "\"", "\"\\", "\"\\x\"",
            "\"\\u12\"",
            "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\n\"", "\"\u{1}\"", "// no\n1", "1]",
            "}",
            "\"\\u+123\"", "\"\\u１２３４\"",
        ])
    func bad(_ text: String) {
        #expect(value(text.utf8) == nil)
    }

    @Test("text that is not UTF-8, and lists 513 deep, are refused; 512 deep is read")
    func limits() {
        let quote = UInt8(ascii: "\"")
        for bytes in [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80]] as [[UInt8]] {
            #expect(value([quote] + bytes + [quote]) == nil)
            #expect(value([quote] + Array("\\n".utf8) + bytes + [quote]) == nil)
        }
        #expect(value((String(repeating: "[", count: 512) + String(repeating: "]", count: 512)).utf8) != nil)
        #expect(value((String(repeating: "[", count: 513) + String(repeating: "]", count: 513)).utf8) == nil)
        #expect(value(String(repeating: "[", count: 1_000_000).utf8) == nil)
    }

    @Test("a number that no double holds is refused where it is read, with its place")
    func infinite() {
        let error = #expect(throws: VendorFileError.self) {
            try VendorFile(Data(#"{"a": [0, 1e999]}"#.utf8)) { $0.value }
        }
        #expect(error?.description == "a[1]: must be a number")
    }

    @Test("every random value is read as Foundation reads it, however it was written")
    func asFoundation() throws {
        var random = SplitMix(seed: 3)
        let encoders = [JSONEncoder.OutputFormatting(), .prettyPrinted, .sortedKeys].map { formatting in
            let encoder = JSONEncoder()
            encoder.outputFormatting = formatting
            return encoder
        }
        for _ in 0..<1_000 {
            let json = try encoders[random.below(3)].encode(random.value(depth: 4))
            #expect(try value(json) == JSONDecoder().decode(VendorValue.self, from: json))
        }
    }
}

extension SplitMix {
    fileprivate mutating func value(depth: Int) -> VendorValue {
        switch below(depth == 0 ? 4 : 6) {
        case 0: return .null
        case 1: return .bool(chance(0.5))
        case 2:
            let number = chance(0.5) ? Double(bitPattern: next()) : Double(below(2_000) - 1_000) / 8
            return .number(number.isFinite ? number : 0)
        case 3:
            let scalars = (0..<below(8)).compactMap { _ in
                Unicode.Scalar(UInt32(truncatingIfNeeded: chance(0.5) ? below(0x80) : below(0x11_0000)))
            }
            return .string(String(String.UnicodeScalarView(scalars)))
        case 4: return .array((0..<below(4)).map { _ in value(depth: depth - 1) })
        default:
            return .object(
                Dictionary((0..<below(4)).map { ("k\($0)", value(depth: depth - 1)) }, uniquingKeysWith: { $1 }))
        }
    }
}
