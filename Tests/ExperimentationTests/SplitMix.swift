/// A small seeded generator, so that a failure repeats.
///
/// Source: G. L. Steele, D. Lea, C. H. Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Text from random bytes, repaired where they are no UTF-8.
    mutating func text(upTo bytes: Int) -> String {
        let count = Int.random(in: 0...bytes, using: &self)
        let range: ClosedRange<UInt8> = Bool.random(using: &self) ? 0...255 : 32...126
        return String(decoding: (0..<count).map { _ in UInt8.random(in: range, using: &self) }, as: UTF8.self)
    }
}
