import TestSupport
import Testing

@testable import ExperimentStatistics

@Suite("Caps, floors and ranks")
struct WinsorizationTests {
    struct Content: Decodable {
        let cases: [Case]
    }
    struct Case: Decodable {
        let id: String
        let values: [Double]
        let percentile: Double
        let expected: Expected
    }
    struct Expected: Decodable {
        let k: Int
        let cap: Double
        let capIgnoringZeros: Double
        let sum: Double
        let sumsq: Double
    }

    @Test("caps and what they leave meet the reference, with zeros counted or ignored")
    func caps() throws {
        for item in try Golden.load("winsorize", as: Content.self).cases {
            let level = try #require(DecimalFraction(printing: item.percentile))
            let rule = Winsorization(level: level)
            #expect(rule.rank(count: item.values.count) == item.expected.k, "\(item.id)")
            let cap = try #require(rule.cap(of: item.values))
            #expect(cap == item.expected.cap, "\(item.id)")
            let limits = ValueLimits(cap: cap)
            let sums = MomentSums(item.values.map { limits($0) })
            #expect(abs(sums.sum - item.expected.sum) <= 1e-15 * item.expected.sum)
            #expect(abs(sums.sumOfSquares - item.expected.sumsq) <= 1e-15 * item.expected.sumsq)
            let without = Winsorization(level: level, ignoresZeros: true)
            #expect(without.cap(of: item.values) == item.expected.capIgnoringZeros, "\(item.id)")
        }
        #expect(Winsorization().cap(of: []) == nil)
        #expect(Winsorization(ignoresZeros: true).cap(of: [0, 0]) == nil)
    }

    @Test("a percentile is the decimal as written, and a cap below 0 lowers zeros")
    func percentiles() throws {
        let values = (1...100).map { Double($0) }
        #expect(Winsorization(level: try #require(DecimalFraction("7")?.percent)).cap(of: values.shuffled()) == 7)
        let negative = try #require(Winsorization(level: 0.5).cap(of: [-3, -2, 0, 0, -1].shuffled()))
        #expect(negative == -1 && ValueLimits(cap: negative)(0) == -1)
    }

    @Test("of a floor and a cap that cross, the cap wins")
    func limits() {
        #expect(ValueLimits(floor: 2, cap: 5)(1) == 2 && ValueLimits(floor: 2, cap: 5)(7) == 5)
        #expect(ValueLimits(floor: 2, cap: 1)(0) == 1 && ValueLimits(floor: 2, cap: 1)(7) == 1)
        #expect(ValueLimits()(-1e300) == -1e300 && ValueLimits(floor: 0)(.leastNonzeroMagnitude) > 0)
    }

    @Test("the value at a rank is that of the sorted values, also in bad orders and with ties")
    func selection() {
        var random = SplitMix(seed: 71)
        for size in [1, 2, 17, 18, 100, 1000] {
            let orders: [[Double]] = [
                (0..<size).map { _ in random.normal() }, (0..<size).map { _ in Double(random.below(3)) },
                (0..<size).map { Double($0) }, (0..<size).map { Double(-$0) },
                (0..<size).map { Double($0.isMultiple(of: 2) ? $0 : -$0) }, Array(repeating: 7, count: size),
                (0..<size).map { Double(min($0, size - $0)) },
            ]
            for values in orders {
                let sorted = values.sorted()
                for rank in Set([1, 2, size / 2, size - 1, size]) where rank >= 1 && rank <= size {
                    var copy = values
                    #expect(OrderStatistic.value(rank: rank, in: &copy) == sorted[rank - 1])
                    #expect(copy.sorted() == sorted)
                }
            }
        }
    }
}
