import ExperimentPlatform
import TestSupport
import Testing

@testable import ExperimentStatistics

@Suite("Exact sums")
struct ExactSumTests {
    /// Values of many kinds: whole, decimal, of all sizes, subnormal, and pairs that cancel.
    private func values(_ random: inout SplitMix, count: Int) -> [Double] {
        let kind = random.below(5)
        var values = (0..<count).map { _ -> Double in
            switch kind {
            case 0: return Double(random.below(1000))
            case 1: return (random.normal() * 1e4).rounded() / 100
            case 2: return random.normal() * exp(40 * random.normal())
            case 3: return Double(bitPattern: random.next() & ~(0x7ff << 52) | UInt64(random.below(2047)) << 52)
            default: return Double(bitPattern: random.next() & 0x8000_0fff_ffff_ffff)
            }
        }
        if random.chance(0.5) { values += values.map { -$0 } + [random.normal()] }
        return values
    }

    @Test("whatever the order and the groups, the sum is the exact one rounded once, bit by bit")
    func order() {
        var random = SplitMix(seed: 31)
        for _ in 0..<400 {
            let values = values(&random, count: 1 + random.below(60))
            // Slow, but simple: one whole number of any size.
            let want = values.reduce(DyadicNumber(0)) { $0 + DyadicNumber($1) }.rounded
            for _ in 0..<4 {
                let shuffled = values.shuffled(using: &random)
                let sum = ExactSum(shuffled)
                #expect(sum.value.bitPattern == want.bitPattern, "\(shuffled)")
                let cut = random.below(values.count + 1)
                var (first, second) = (ExactSum(shuffled[..<cut]), ExactSum(shuffled[cut...]))
                #expect(first == first && (first == second) == ((first.number - second.number).sign == 0))
                first.add(second)
                second.add(ExactSum(shuffled[..<cut]))
                #expect(first.value.bitPattern == want.bitPattern && second == first && first == sum)
                #expect(first.hashValue == sum.hashValue)
            }
        }
    }

    @Test("what cancels leaves nothing behind, at any size")
    func cancellation() {
        #expect(ExactSum([1e308, 1e308, 1, -1e308, -1e308]).value == 1)
        #expect(ExactSum([Double.leastNonzeroMagnitude, 1e308, -1e308]).value == Double.leastNonzeroMagnitude)
        #expect(ExactSum([1e308, 1e308]).value == .infinity)
        #expect(ExactSum([-1e308, -1e308]).value == -.infinity)
        #expect(ExactSum([]).value == 0 && ExactSum([-0.0]).value.sign == .plus)
        // A naive sum of a million tenths is off by 1.3e-6.
        let tenths = ExactSum(repeatElement(0.1, count: 1_000_000)).value
        #expect(tenths == 100_000.000_000_000_005_55)
    }

    @Test("thousands of additions to the wide sum keep their carries")
    func wide() {
        var random = SplitMix(seed: 32)
        var sum = ExactSum()
        var rests = [Double]()
        for step in 0..<6000 {
            let value = (random.chance(0.9) ? -1 : 1) * exp(700 * (2 * random.unit() - 1))
            sum.add(value)
            rests.append(value)
            if step % 1500 == 1499 {
                let want = rests.reduce(DyadicNumber(0)) { $0 + DyadicNumber($1) }.rounded
                #expect(sum.value == want)
            }
        }
    }

    @Test("thousands of additions to the same digits of the wide sum don't overflow them")
    func carries() {
        // The two doubles are taken by 1e300 and 1e150, so every bit of the small values goes to the wide sum.
        var sum = ExactSum([1e300, 1e150])
        for _ in 0..<5000 { sum.add(0x1.fffffffffffffp31) }
        sum.add(-1e300)
        sum.add(-1e150)
        #expect(sum.value == 5000 * 0x1.fffffffffffffp31)
        for _ in 0..<2500 { sum.add(-0x1.fffffffffffffp32) }
        #expect(sum.value == 0)
    }

    @Test("many sums are each what a sum of their own is, also in parts")
    func many() {
        var random = SplitMix(seed: 34)
        let kinds = (0..<30).map { _ in values(&random, count: 20) }
        var (whole, first, second) = (ExactSums(count: 30), ExactSums(count: 0), ExactSums(count: 30))
        first.grow(to: 10)
        for (index, kind) in kinds.enumerated().shuffled(using: &random) {
            for value in kind.shuffled(using: &random) {
                whole.add(value, to: index)
                if index < 10, random.chance(0.5) { first.add(value, to: index) } else { second.add(value, to: index) }
            }
        }
        first.add(second)
        #expect(first.count == 30)
        for (index, kind) in kinds.enumerated() {
            #expect(whole[index] == ExactSum(kind).value && first[index] == whole[index])
            #expect(whole.values(in: index) == kind.count && first.values(in: index) == kind.count)
        }
    }

    @Test("whole numbers stay whole, also beyond what doubles hold")
    func integers() {
        var sum = ExactSum()
        sum.add(9_007_199_254_740_993)
        sum.add(-9_007_199_254_740_992)
        #expect(sum.value == 1)
        sum.add(Int.max)
        sum.add(Int.min)
        #expect(sum.value == 0)
        var sums = ExactSums(count: 2)
        for value: Int64 in [9_007_199_254_740_993, -9_007_199_254_740_992, .max, .min + 1] { sums.add(value, to: 1) }
        #expect(sums[1] == 1 && sums.values(in: 1) == 4 && sums.values(in: 0) == 0)
    }

    @Test("what is not finite makes the sum what IEEE addition would make it")
    func special() {
        #expect(ExactSum([1, .infinity, 2]).value == .infinity)
        #expect(ExactSum([.infinity, -.infinity]).value.isNaN)
        #expect(ExactSum([.nan, 1]).value.isNaN)
        var sum = ExactSum([1])
        sum.add(ExactSum([-.infinity]))
        #expect(sum.value == -.infinity && sum == ExactSum([-.infinity]) && sum != ExactSum([1]))
    }

    @Test("rounding takes the nearest double, of two the even one, down to the smallest")
    func rounding() {
        let ulp = 0x1p-52
        for (extra, want) in [
            (0x1p-53, 1.0), (0x1.8p-53, 1 + ulp), (0x1.fp-54, 1), (0x1.8p-52, 1 + 2 * ulp), (0x1p-1000, 1),
        ] {
            #expect(ExactSum([1, extra]).value == want)
            #expect((DyadicNumber(-1) - DyadicNumber(extra)).rounded == -want)
        }
        // A tie is none with the least bit below it.
        #expect(ExactSum([1, 0x1p-53, Double.leastNonzeroMagnitude]).value == 1 + ulp)
        let tiny = DyadicNumber(3 * Double.leastNonzeroMagnitude) * DyadicNumber(0.5)
        #expect(tiny.rounded == 2 * Double.leastNonzeroMagnitude)
        #expect((DyadicNumber(1e300) * DyadicNumber(1e300)).rounded == .infinity)
        #expect((DyadicNumber(Double.greatestFiniteMagnitude) + DyadicNumber(0x1p969)).rounded < .infinity)
        #expect((DyadicNumber(Double.greatestFiniteMagnitude) + DyadicNumber(0x1p970)).rounded == .infinity)
    }
}
