public import Experimentation

/// What an algorithm says about how it comes to its answers.
public protocol BucketExplaining: Sendable {
    /// The unit's bucket or point among the variants, as the vendor writes it.
    /// - Parameter unitID: The unit's id.
    /// - Returns: A number as text.
    func bucketText(of unitID: String) -> String

    /// The buckets or points of a variant.
    /// - Parameter index: The variant's position.
    /// - Returns: Half-open ranges as text; empty where there are none.
    func bucketsText(of index: Int) -> String
}

/// Half-open ranges as text: `0..<0.5`.
private func text(_ ranges: [(start: String, end: String)]) -> String {
    ranges.map { "\($0.start)..<\($0.end)" }.joined(separator: " ")
}

extension GrowthBookBucketing: UnitAssigning, BucketExplaining {
    /// The unit's point.
    public func bucketText(of unitID: String) -> String { point(of: unitID).map { "\($0)" } ?? "none" }
    /// The variation's range.
    public func bucketsText(of index: Int) -> String { text([("\(ranges[index].start)", "\(ranges[index].end)")]) }
}

extension PostHogBucketing: UnitAssigning, BucketExplaining {
    /// The unit's point among the variants.
    public func bucketText(of unitID: String) -> String { "\(point(of: unitID))" }
    /// The variant's share.
    public func bucketsText(of index: Int) -> String {
        text([("\(index == 0 ? 0 : ends[index - 1])", "\(ends[index])")])
    }
}

extension StatsigBucketing: UnitAssigning, BucketExplaining {
    /// The unit's bucket among the groups.
    public func bucketText(of unitID: String) -> String { "\(bucket(of: unitID))" }
    /// The buckets that give the group: its own without those of the groups before it.
    public func bucketsText(of index: Int) -> String { text(share(of: index).ranges.map { ("\($0[0])", "\($0[1])") }) }
}

extension OptimizelyBucketing: UnitAssigning, BucketExplaining {
    /// The unit's bucket.
    public func bucketText(of unitID: String) -> String { "\(bucket(of: unitID))" }
    /// The variation's ranges.
    public func bucketsText(of index: Int) -> String {
        text(allocation.ranges(of: index).map { ("\($0.lowerBound)", "\($0.upperBound)") })
    }
}
