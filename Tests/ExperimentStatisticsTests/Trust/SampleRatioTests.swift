import Testing

@testable import ExperimentStatistics

@Suite("Sample ratio")
struct SampleRatioTests {
    struct Content: Decodable {
        let cases: [Case]
    }
    struct Case: Decodable {
        let id: String
        let observed: [Int]
        let weights: [Double]
        let expected: Expected
    }
    struct Expected: Decodable {
        let reference: Reference
    }
    struct Reference: Decodable {
        let status: String?
        let chi2: Double?
        let df: Int?
        let p: Double?
        let lnP: Double?
    }

    private func variants(_ counts: [Int], _ weights: [Double]) -> [SampleRatioTest.Variant] {
        zip(counts, weights).map { .init(count: $0, weight: $1) }
    }

    @Test("chi squared, degrees of freedom, p and ln p meet the 60-digit reference")
    func golden() throws {
        var worst = WorstError()
        var logs = WorstError()
        for item in try Golden.load("srm", as: Content.self).cases {
            let test = SampleRatioTest(variants(item.observed, item.weights))
            let want = item.expected.reference
            guard let chi2 = want.chi2, let p = want.p, let lnP = want.lnP else {
                #expect(test.status.rawValue == want.status?.snakeCase)
                #expect(test.chiSquared == nil && test.pValue == nil)
                continue
            }
            worst.note(test.chiSquared, chi2, scale: 1e-15, at: item.id)
            #expect(test.degreesOfFreedom == want.df)
            guard test.status == .ok else {
                #expect(item.observed.reduce(0, +) < 10)
                #expect(test.pValue == nil && !test.isMismatch)
                continue
            }
            if p > 1e-300 { worst.note(test.pValue, p, at: item.id) }
            logs.note(test.logPValue, lnP, scale: 1e-2, at: item.id)
            #expect(test.isMismatch == (p < 0.0005))
        }
        #expect(worst.value < 1e-12, "\(worst)")
        #expect(logs.value < 1e-13, "\(logs)")
    }

    @Test("a real experiment comes out as in other software")
    func hillstrom() throws {
        let test = SampleRatioTest(variants([21_306, 21_387, 21_307], [1, 1, 1]))
        #expect(abs(try #require(test.chiSquared) - 0.202_531) < 5e-7)
        #expect(abs(try #require(test.pValue) - 0.903_693) < 5e-7)
        #expect(!test.isMismatch)
    }

    @Test("variants of weight zero don't count, and units in one are counted apart: no mismatch of the others")
    func zeroWeight() {
        let clean = SampleRatioTest(variants([500, 0, 510], [1, 0, 1]))
        #expect(clean.degreesOfFreedom == 1)
        #expect(!clean.isMismatch)
        let stray = SampleRatioTest(variants([500, 1, 510], [1, 0, 1]))
        #expect(stray.unexpectedUnits == 1)
        #expect(!stray.isMismatch)
        #expect(stray.pValue == clean.pValue)
        #expect(SampleRatioTest(variants([900, 1, 510], [1, 0, 1])).isMismatch)
    }

    @Test("too few units or variants give a status and no p-value")
    func insufficient() {
        for test in [
            SampleRatioTest([]), SampleRatioTest(variants([10], [1])), SampleRatioTest(variants([0, 0], [1, 1])),
            SampleRatioTest(variants([96, 3], [96, 4])),
        ] {
            #expect(test.status == .insufficientData)
            #expect(test.pValue == nil && test.logPValue == nil && !test.isMismatch)
        }
    }
}
