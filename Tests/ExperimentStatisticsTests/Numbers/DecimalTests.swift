import TestSupport
import Testing

@testable import ExperimentStatistics

@Suite("Decimals as they are written")
struct DecimalTests {
    @Test("a rank is that of the decimal, where doubles are off")
    func ranks() throws {
        #expect(DecimalFraction(printing: 0.07)?.rank(of: 100) == 7)
        #expect((0.07 * 100).rounded(.up) == 8)
        #expect(DecimalFraction("99.9")?.percent?.rank(of: 1000) == 999)
        #expect(DecimalFraction("7")?.percent?.rank(of: 100) == 7)
        for places in 1...12 {
            let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
            for digits in Set([1, 2, 3, 7, 29, 57, 58, scale / 3, scale - 1]) where digits > 0 && digits < scale {
                let text = "0." + String(repeating: "0", count: places - String(digits).count) + String(digits)
                let fraction = try #require(DecimalFraction(text))
                #expect(fraction == DecimalFraction(printing: fraction.value) && fraction.value == Double(text))
                for count in [1, 999, 1000, 1 << 40] {
                    let want = (digits.multipliedReportingOverflow(by: count).partialValue + scale - 1) / scale
                    guard !digits.multipliedReportingOverflow(by: count).overflow else { continue }
                    #expect(fraction.rank(of: count) == max(1, want), "\(text) of \(count)")
                }
            }
        }
    }

    @Test("ranks with a margin are rounded once, outwards")
    func margins() throws {
        var random = SplitMix(seed: 51)
        for _ in 0..<500 {
            let digits = random.below(1000)
            let fraction = try #require(DecimalFraction(printing: Double(digits) / 1000))
            let count = random.below(5000)
            // Halves, quarters and so on of a thousandth now and then meet a whole number.
            let margin = Double(random.below(4000)) / [1.0, 8, 1024, 3, 1000][random.below(5)]
            let exact = DyadicNumber(digits * count) - DyadicNumber(1000) * DyadicNumber(margin)
            let sum = DyadicNumber(digits * count) + DyadicNumber(1000) * DyadicNumber(margin)
            let lower = fraction.floor(of: count, minus: margin)
            let upper = fraction.ceiling(of: count, plus: margin)
            if lower >= 0 {
                #expect((exact - DyadicNumber(1000 * lower)).sign >= 0)
                #expect((exact - DyadicNumber(1000 * (lower + 1))).sign < 0)
            } else {
                #expect(exact.sign < 0)
            }
            if upper <= count {
                #expect((sum - DyadicNumber(1000 * upper)).sign <= 0)
                #expect((sum - DyadicNumber(1000 * (upper - 1))).sign > 0)
            } else {
                #expect((sum - DyadicNumber(1000 * count)).sign > 0)
            }
        }
    }

    @Test("what is written is read, and nothing else")
    func text() {
        for (text, want) in [
            ("0.95", "0.95"), (".5", "0.5"), ("5.", "5"), ("5e-3", "0.005"), ("099.90", "99.9"), ("2e3", "2000"),
            ("0", "0"), ("0.000", "0"), ("123456789012345678", "123456789012345678"), ("0e9", "0"),
        ] {
            #expect(DecimalFraction(text)?.description == want)
        }
        for text in [
            "", ".", "-1", "+1", "1 ", " 1", "1e", "e5", "1.2.3", "1_0", "0x1", "nan", "inf", "1e999", "1e18", "٣",
            "1234567890123456789", "0.0000000000000000001", "1e5e5", "1e+", "--1",
        ] {
            #expect(DecimalFraction(text) == nil, "\(text)")
        }
        for value in [-0.5, .nan, .infinity, 1e18, 1e-30] { #expect(DecimalFraction(printing: value) == nil) }
        let literal: DecimalFraction = 0.999
        #expect(literal == DecimalFraction("0.999") && Optional(literal) == DecimalFraction("0.9990"))
        #expect(literal.isProperFraction && DecimalFraction("1")?.isProperFraction == false)
        #expect(DecimalFraction("0")?.isProperFraction == false)
    }
}
