import TestSupport
import Testing

@testable import ExperimentStorage

@Suite("Pairs sorted outside of memory")
struct SortedSpillTests {
    @Test(
        "pairs come back sorted, all of them, as often as they are asked for, whatever fits into memory",
        arguments: [
            (0, 7), (1, 7), (6, 7), (7, 7), (8, 7), (1_000, 7), (30_000, 9_000), (50, 1),
        ])
    func sorted(count: Int, capacity: Int) throws {
        var random = SplitMix(seed: UInt64(count))
        let spill = SortedSpill(capacity: capacity)
        var pairs: [SortedSpill.Pair] = []
        for _ in 0..<count {
            let pair = SortedSpill.Pair(key: UInt64(random.below(max(count / 3, 1))), tag: random.next())
            pairs.append(pair)
            try spill.add(pair.key, pair.tag)
        }
        for _ in 0..<2 {
            var read: [SortedSpill.Pair] = []
            try spill.readSorted { read.append($0) }
            #expect(read == pairs.sorted())
        }
        #expect(spill.count == count)
    }
}
