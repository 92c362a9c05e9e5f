import TestSupport

extension SplitMix {
    /// Text from random bytes, repaired where they are no UTF-8.
    mutating func text(upTo bytes: Int) -> String {
        let count = Int.random(in: 0...bytes, using: &self)
        let range: ClosedRange<UInt8> = Bool.random(using: &self) ? 0...255 : 32...126
        return String(decoding: (0..<count).map { _ in UInt8.random(in: range, using: &self) }, as: UTF8.self)
    }
}
