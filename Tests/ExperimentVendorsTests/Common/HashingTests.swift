import Testing

@testable import ExperimentVendors

@Suite("Hashing")
struct HashingTests {
    @Test("a number is hashed as its decimal digits are")
    func digits() {
        var numbers: [UInt32] = [0, 9, 10, 99_999, 100_000, 100_001, 999_999_999, 1_000_000_000, .max, .max - 1]
        var state: UInt32 = 1
        for _ in 0..<20_000 {
            state = state &* 1_664_525 &+ 1_013_904_223
            numbers.append(state >> (state & 31))
        }
        for number in numbers {
            var hash = FNV1a32()
            hash.combine(decimalDigitsOf: number)
            var expected = FNV1a32()
            expected.combine(String(number))
            #expect(hash.value == expected.value, "\(number)")
        }
    }

    @Test("a text hashed in two parts is the text hashed at once, wherever it is cut")
    func parts() {
        let text = "a text of 31 bytes, é and 👩‍💻"
        for encoding in TextEncoding.allCases {
            for index in text.unicodeScalars.indices {
                var (whole, parts) = (MurmurHash3(), MurmurHash3())
                whole.combine(text, as: encoding)
                parts.combine(String(text.unicodeScalars[..<index]), as: encoding)
                parts.combine(String(text.unicodeScalars[index...]), as: encoding)
                #expect(whole.value == parts.value)
                var (all, pieces) = (FNV1a32(), FNV1a32())
                all.combine(text, as: encoding)
                pieces.combine(String(text.unicodeScalars[..<index]), as: encoding)
                pieces.combine(String(text.unicodeScalars[index...]), as: encoding)
                #expect(all.value == pieces.value)
            }
        }
    }
}
