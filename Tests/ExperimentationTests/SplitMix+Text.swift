import TestSupport

extension SplitMix {
    /// Text from random bytes, repaired where they are no UTF-8; every other text is of printable ASCII alone.
    mutating func text(upTo bytes: Int) -> String {
        let count = below(bytes + 1)
        let isASCII = chance(0.5)
        // Eight bytes at a time: without optimisation, drawing them one by one took most of the test's time.
        let words = (0..<(count + 7) / 8).map { _ -> UInt64 in
            let word = next()
            return isASCII
                ? word & 0x3f3f_3f3f_3f3f_3f3f &+ 0x2020_2020_2020_2020 &+ (word >> 62) &* 0x0a0a_0a0a_0a0a_0a0a : word
        }
        return words.withUnsafeBytes { String(decoding: $0.prefix(count), as: UTF8.self) }
    }
}
