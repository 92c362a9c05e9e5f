import Testing

@testable import ExperimentStatistics

@Suite("Aggregates")
struct AggregateTests {
    struct Content: Decodable {
        let cases: [Case]
    }
    struct Case: Decodable {
        let id: String
        let values: [Double]?
        let n: Int
        let sum: Double
        let sumsq: Double
        let expected: Expected
    }
    struct Expected: Decodable {
        let trueMean: Double
        let trueVar: Double
    }

    @Test("values of a large mean and a small spread keep their variance when summed in two passes")
    func cancellation() throws {
        for item in try Golden.load("cancellation", as: Content.self).cases {
            guard let values = item.values else { continue }
            let aggregate = Aggregate(values)
            #expect(aggregate.count == item.n)
            #expect(abs(aggregate.mean - item.expected.trueMean) <= abs(item.expected.trueMean) * 1e-15)
            #expect(abs(try #require(aggregate.variance) / item.expected.trueVar - 1) < 1e-12, "\(item.id)")
        }
    }

    @Test("from sums, nothing is lost but what the sums have lost")
    func sums() throws {
        // 999 times 3,000,000 and once 3,000,001: both sums are exact, the square of the first is not.
        let aggregate = Aggregate(count: 1000, sum: 3_000_000_001, sumOfSquares: 9_000_000_006_000_001)
        #expect(abs(try #require(aggregate.variance) - 0.001) < 1e-15)
        #expect(aggregate.mean == 3_000_000.001)
    }

    @Test("shares have the variance of their zeros and ones")
    func shares() throws {
        let share = Aggregate(successes: 3, of: 10)
        let values = Aggregate([1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
        #expect(share.mean == 0.3)
        #expect(abs(try #require(share.variance) - (try #require(values.variance))) < 1e-16)
        #expect(Aggregate(successes: 10, of: 10).variance == 0)
    }

    @Test("one unit has no variance, none has mean 0")
    func few() {
        #expect(Aggregate([7]) == Aggregate(count: 1, mean: 7, variance: nil))
        #expect(Aggregate([]) == Aggregate(count: 0, mean: 0, variance: nil))
        #expect(Aggregate(count: 1, sum: 7, sumOfSquares: 49).variance == nil)
        #expect(Aggregate(successes: 1, of: 1).variance == nil)
    }
}
