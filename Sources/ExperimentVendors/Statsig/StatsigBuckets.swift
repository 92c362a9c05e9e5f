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

extension StatsigBuckets: Codable {
    /// Reads half-open ranges, `[[0, 170], [310, 350]]`.
    public init(from decoder: any Decoder) throws {
        let ranges = try decoder.singleValueContainer().decode([[Int]].self)
        guard ranges.allSatisfy({ $0.count == 2 && 0 <= $0[0] && $0[0] <= $0[1] && $0[1] <= 1_000 }) else {
            throw VendorFileError([
                VendorProblem(path: VendorProblem.path(decoder.codingPath), reason: "must be ranges within 0 to 1000")
            ])
        }
        self.init(ranges.flatMap { $0[0]..<$0[1] })
    }

    /// Writes half-open ranges.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(ranges)
    }
}
