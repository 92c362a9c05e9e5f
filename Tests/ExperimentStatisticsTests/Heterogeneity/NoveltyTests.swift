import ExperimentPlatform
import TestSupport
import Testing

@testable import ExperimentStatistics

@Suite("Effects that come and go")
struct NoveltyTests {
    /// A day of 200 units a variant, of variance 1.
    private func day(_ effect: Double, _ random: inout SplitMix) -> (control: Aggregate, treatment: Aggregate) {
        let error = (1.0 / 200).squareRoot()
        return (
            Aggregate(count: 200, mean: error * random.normal(), variance: 1),
            Aggregate(count: 200, mean: effect + error * random.normal(), variance: 1)
        )
    }

    private func test(_ days: [(control: Aggregate, treatment: Aggregate)]) -> NoveltyTest {
        NoveltyTest(days: days) { min($0.count, $1.count) >= 100 ? .means(control: $0, treatment: $1) : nil }
    }

    @Test("an effect of the first days is found and named by its days, one that lasts is not")
    func novelty() throws {
        var random = SplitMix(seed: 131)
        let fades = (0..<20).map { day($0 < 5 ? 0.4 : 0, &random) }
        let found = test(fades)
        let clearest = try #require(found.clearest)
        #expect(found.isFound(family: 4) && [3, 5, 8].contains(clearest.days) && clearest.statistic > 5)
        #expect(clearest.early.difference > 0.3 && abs(clearest.late.difference) < 0.1)
        #expect(!test((0..<20).map { _ in day(0.4, &random) }).isFound())
        let grows = test((0..<20).map { day($0 < 5 ? 0 : 0.4, &random) })
        #expect(grows.isFound() && (grows.clearest?.statistic ?? 0) < -5)
    }

    @Test("early and late are the days before and from a boundary on, and the mean is over all eight boundaries")
    func groups() throws {
        var random = SplitMix(seed: 132)
        for count in [0, 1, 2, 4, 9, 36] {
            let days = (0..<count).map { _ in day(0, &random) }
            let got = test(days)
            #expect(got.splits.map(\.days) == NoveltyTest.boundaries.filter { $0 < count })
            for split in got.splits {
                func sum(_ days: some Sequence<(control: Aggregate, treatment: Aggregate)>) -> Effect {
                    let all = days.reduce((Aggregate.empty, Aggregate.empty)) {
                        ($0.0.merged(with: $1.control), $0.1.merged(with: $1.treatment))
                    }
                    return .means(control: all.0, treatment: all.1)
                }
                #expect(abs(split.early.difference - sum(days[..<split.days]).difference) < 1e-12)
                #expect(abs(split.late.difference - sum(days[split.days...]).difference) < 1e-12)
                #expect(split.late.units == 400 * (count - split.days))
            }
            let mean = got.splits.reduce(0) { $0 + exp($1.logEValue) } / 8
            #expect(got.splits.isEmpty ? got.logEValue == nil : abs(exp(got.logEValue ?? 0) / mean - 1) < 1e-12)
        }
        #expect(!test([]).isFound(level: 0.99) && test([]).clearest == nil)
    }

    @Test("days are added up exactly, whatever holds their units, and a split that is not sound counts 0")
    func sums() throws {
        var random = SplitMix(seed: 133)
        let days = (0..<6).map { _ in
            func draw() -> BivariateMomentSums {
                var sums = BivariateMomentSums()
                for _ in 0..<150 {
                    let before = random.normal()
                    sums.add(before + random.normal(), before)
                }
                return sums
            }
            return (control: draw(), treatment: draw())
        }
        func test(_ enough: Int) -> NoveltyTest {
            NoveltyTest(days: days) {
                min($0.count, $1.count) >= enough
                    ? CovariateAdjustment(control: $0.aggregate, treatment: $1.aggregate).effect : nil
            }
        }
        #expect(test(100).splits.map(\.days) == [1, 2, 3, 5])
        #expect(test(300).splits.map(\.days) == [2, 3])
        #expect(test(300).splits == Array(test(100).splits[1...2]))
        #expect(test(10_000).logEValue == nil)
    }
}
