import Testing

@testable import ExperimentStatistics

@Suite("Many comparisons")
struct MultiplicityTests {
    struct Content: Decodable {
        let cases: [Case]
    }
    struct Case: Decodable {
        let id: String
        let p: [Double]
        let expected: Expected
    }
    struct Expected: Decodable {
        let reference: Reference
    }
    struct Reference: Decodable {
        let holm: [Double]
        let fdrBh: [Double]
        let bonferroni: [Double]
    }

    @Test("Holm, Benjamini–Hochberg and Bonferroni meet the reference to rounding")
    func golden() throws {
        for item in try Golden.load("multiple_testing", as: Content.self).cases {
            let want = item.expected.reference
            let pairs: [(MultiplicityAdjustment, [Double])] = [
                (.holm, want.holm), (.benjaminiHochberg, want.fdrBh), (.bonferroni, want.bonferroni),
            ]
            for (adjustment, values) in pairs {
                let adjusted = adjustment.adjust(item.p)
                #expect(adjusted.count == values.count)
                for (got, want) in zip(adjusted, values) {
                    #expect(
                        abs(try #require(got) - want) <= want.ulp * Double(item.p.count), "\(item.id) \(adjustment)")
                }
            }
        }
    }

    @Test("questions without a p-value stay nil and don't count")
    func missing() {
        for adjustment in MultiplicityAdjustment.allCases {
            let adjusted = adjustment.adjust([nil, 0.01, nil, 0.04])
            #expect(adjusted[0] == nil && adjusted[2] == nil)
            #expect([adjusted[1], adjusted[3]] == adjustment.adjust([0.01, 0.04]))
            #expect(adjustment.adjust([]) == [])
            #expect(adjustment.adjust([nil]) == [nil])
        }
    }
}
