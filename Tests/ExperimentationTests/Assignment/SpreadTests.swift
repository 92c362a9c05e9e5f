import Experimentation
import Foundation
import Testing

/// Chi-squared tests of a hash over the first ids of a sequence, which are the hardest to spread.
///
/// The numbers are the same in every run, so nothing here fails by chance. `SPREAD_IDS=1000000` takes a million ids.
@Suite("The spread of the default hash")
struct SpreadTests {
    /// The spread of each set of points, and of two sets together.
    struct Spread {
        /// The largest chi-squared of a single set, over 64 cells of equal size.
        var worstAlone = 0.0
        /// The largest chi-squared of two sets, over 4 × 4 cells.
        var worstPair = 0.0

        /// Exceeded with the probability 1e-4 by an ideal hash: 63 and 15 degrees of freedom.
        var isOrdinary: Bool { worstAlone < 113.505 && worstPair < 44.263 }
    }

    private static var ids: Int { ProcessInfo.processInfo.environment["SPREAD_IDS"].flatMap { Int($0) } ?? 100_000 }

    /// Counts the points that each way gives each id.
    private func spread(_ ways: [(String) -> Double]) -> Spread {
        let pairs = ways.indices.flatMap { left in ways.indices.dropFirst(left + 1).map { (left, $0) } }
        var alone = [Int](repeating: 0, count: ways.count * 64)
        var together = [Int](repeating: 0, count: pairs.count * 16)
        var cells = [Int](repeating: 0, count: ways.count)
        for number in 1...Self.ids {
            let id = "\(number)"
            for way in ways.indices {
                cells[way] = Int(ways[way](id) * 64)
                alone[way * 64 + cells[way]] += 1
            }
            for (index, pair) in pairs.enumerated() {
                together[index * 16 + cells[pair.0] / 16 * 4 + cells[pair.1] / 16] += 1
            }
        }
        return Spread(worstAlone: worst(alone, cells: 64), worstPair: worst(together, cells: 16))
    }

    /// The largest chi-squared of tables of so many equally likely cells each.
    private func worst(_ counts: [Int], cells: Int) -> Double {
        let expected = Double(Self.ids) / Double(cells)
        return stride(from: 0, to: counts.count, by: cells).map { start in
            counts[start..<start + cells].reduce(0) {
                $0 + (Double($1) - expected) * (Double($1) - expected) / expected
            }
        }.max() ?? 0
    }

    /// Sixteen experiments as teams name them, some of them much alike.
    private static let experiments =
        (1...8).map { "experiment_\($0)" } + [
            "a", "b", "checkout", "checkout#2", "checkout#3", "Checkout", "価格", "x:y",
        ]

    @Test("sequential ids are spread evenly in each of 16 experiments, and independently in each two of them")
    func experiments() {
        let ways = Self.experiments.map { name in
            let prefix = DefaultHash(name + ":")
            return { (id: String) in
                var hash = prefix
                hash.combine(id)
                return hash.point
            }
        }
        let spread = spread(ways)
        #expect(spread.isOrdinary, "\(spread)")
    }

    @Test("without the finaliser the same tests find the bias of bare FNV-1a")
    func unfinished() {
        let ways = Self.experiments.prefix(4).map { name in
            { (id: String) in Double(DefaultHash("\(name):\(id)").fnv1a64 >> 11) * 0x1p-53 }
        }
        let spread = spread(ways)
        #expect(spread.worstAlone > 1_000 && spread.worstPair > 1_000, "\(spread)")
    }

    @Test("variant, coverage, namespace, holdout and a phase shuffled anew are independent of each other")
    func purposes() {
        let ways: [(String) -> Double] = [
            { DefaultHash("checkout:\($0)").point }, { DefaultHash("checkout:\($0):coverage").point },
            { DefaultHash("checkout:\($0):namespace").point }, { DefaultHash("holdout:\($0):holdout").point },
            { DefaultHash("checkout#2:\($0)").point }, { DefaultHash("search:\($0):coverage").point },
        ]
        let spread = spread(ways)
        #expect(spread.isOrdinary, "\(spread)")
    }
}
