import ExperimentStatistics
import Foundation
import Testing

@Suite("Outcomes recorded twice")
struct DoubledOutcomesTests {
    /// A variant of 1,000 outcomes that were sent once, and others that were sent twice, each by another unit.
    private func variant(_ doubled: Int, sent: Int = 1_000) -> DoubledOutcomesTest.Variant {
        DoubledOutcomesTest.Variant(units: doubled, outcomes: Proportion(successes: doubled, of: sent + doubled))
    }

    @Test("the e-value is that of a split of the doubling units of one to three times the outcomes")
    func value() throws {
        let test = DoubledOutcomesTest(control: variant(0), treatment: variant(50))
        // The treatment has 3 · 1,050 of 1,000 + 3 · 1,050; the prior has a weight of four.
        let promised = 3_150.0 / 4_150
        // Unit after unit: the share of the treatment that the units before lead to, over the promised one.
        var expected = 0.0
        for unit in 0..<50 {
            let predicted = (4 * promised + Double(unit)) / Double(4 + unit)
            expected += log(predicted / promised)
        }
        #expect(abs(test.logEValue - expected) < 1e-9)
        #expect(DoubledOutcomesTest(control: variant(50), treatment: variant(0)).logEValue == test.logEValue)
        let level: Double = 2 * exp(-expected)
        #expect(test.isAlarm(level: 1.05 * level) && !test.isAlarm(level: 0.95 * level))
    }

    @Test("shares of up to three to one, and fewer doubled outcomes than two in a thousand, say nothing however many")
    func promise() {
        for (control, treatment) in [(0, 0), (100, 100), (1_000, 2_500), (0, 1)] {
            let test = DoubledOutcomesTest(control: variant(control), treatment: variant(treatment))
            #expect(test.logEValue == 0, "\(control) \(treatment)")
        }
        let twice = DoubledOutcomesTest(
            control: variant(5_000, sent: 1_000_000), treatment: variant(20_000, sent: 2_000_000))
        #expect(twice.logEValue == 0)
        #expect(
            DoubledOutcomesTest(control: variant(0, sent: 100_000), treatment: variant(150, sent: 100_000)).logEValue
                == 0)
    }
}
