/// Some of the buckets 0…999: in a file a list of numbers, or an object with the numbers as names.
public struct StatsigBuckets: Sendable, Hashable {
    /// A bit for each bucket.
    private var words: [UInt64]

    /// Creates a set.
    /// - Parameter numbers: The buckets; others, such as the −1 of an empty list, are ignored.
    public init(_ numbers: some Sequence<Int>) {
        words = Array(repeating: 0, count: 16)
        for number in numbers where 0..<1_000 ~= number { words[number >> 6] |= 1 << UInt64(number & 63) }
    }

    /// Adds a range, word by word.
    private mutating func insert(_ range: Range<Int>) {
        var start = range.lowerBound
        while start < range.upperBound {
            let count = min(range.upperBound - start, 64 - start & 63)
            words[start >> 6] |= (UInt64.max >> UInt64(64 - count)) << UInt64(start & 63)
            start += count
        }
    }

    /// Whether a bucket is one of them.
    /// - Parameter bucket: A bucket of 0…999.
    /// - Returns: Whether it is in the set.
    public func contains(_ bucket: Int) -> Bool { words[bucket >> 6] >> UInt64(bucket & 63) & 1 == 1 }

    /// The buckets, in order.
    public var numbers: [Int] { (0..<1_000).filter(contains) }

    /// Half-open ranges of them, each as its two ends.
    var ranges: [[Int]] {
        numbers.reduce(into: []) { ranges, number in
            if ranges.last?[1] == number {
                ranges[ranges.count - 1][1] = number + 1
            } else {
                ranges.append([number, number + 1])
            }
        }
    }
}

extension StatsigBuckets: Encodable {
    /// Reads half-open ranges, `[[0, 170], [310, 350]]`.
    init(_ reader: JSONReader) {
        words = Array(repeating: 0, count: 16)
        for range in reader.elements {
            let ends = range.list(\.whole)
            guard ends.count == 2, 0 <= ends[0], ends[0] <= ends[1], ends[1] <= 1_000 else {
                range.problem("must be a range within 0 to 1000")
                continue
            }
            insert(ends[0]..<ends[1])
        }
    }

    /// Writes half-open ranges.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(ranges)
    }
}
