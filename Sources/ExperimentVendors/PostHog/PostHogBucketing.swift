/// Assigns as PostHog does: the holdout, then the rollout, then by another hash the variant.
public struct PostHogBucketing: Sendable {
    private let settings: PostHogSettings
    private let hash: PostHogHash
    /// Where each variant ends; the first begins at 0.
    let ends: [Double]

    /// Prepares the hashes.
    /// - Parameters:
    ///   - settings: The settings of the phase.
    ///   - key: The flag's key.
    public init(_ settings: PostHogSettings, key: String) {
        self.settings = settings
        hash = PostHogHash(key: key)
        var sum = 0.0
        ends = settings.variants.map { percentage in
            sum += percentage / 100
            return sum
        }
    }

    /// Whether a share in percent takes a point, its end included.
    static func takes(_ point: Double, _ percentage: Double?) -> Bool {
        guard let percentage else { return true }
        return point <= percentage / 100
    }

    /// Whether a unit is held out.
    /// - Parameter unitID: The unit's id.
    /// - Returns: False where there is no holdout.
    public func isHeldOut(_ unitID: String) -> Bool {
        guard let holdout = settings.holdout else { return false }
        let percentage = min(max(holdout, 0), 100)
        return percentage == 100 || Self.takes(PostHogHash.holdout.point(of: unitID), percentage)
    }

    /// The unit's point among the variants.
    /// - Parameter unitID: The unit's id.
    /// - Returns: A point in 0…1.
    public func point(of unitID: String) -> Double { hash.point(of: unitID, salt: .variant) }

    /// The unit's point in the rollout.
    /// - Parameter unitID: The unit's id.
    /// - Returns: A point in 0…1.
    public func rolloutPoint(of unitID: String) -> Double { hash.point(of: unitID) }

    /// The variant that the split gives a unit.
    /// - Parameter unitID: The unit's id.
    /// - Returns: The variant's position; nil where the shares end before 100 %.
    public func splitIndex(of unitID: String) -> Int? {
        let point = point(of: unitID)
        var start = 0.0
        for index in ends.indices {
            if start <= point, point < ends[index] { return index }
            start = ends[index]
        }
        return nil
    }

    /// The variant of a unit; one allocation a hash.
    /// - Parameter unitID: The unit's id.
    /// - Returns: The variant's position; nil for a unit that is held out, not in the rollout or without a variant.
    public func index(of unitID: String) -> Int? {
        guard !isHeldOut(unitID) else { return nil }
        var rolloutPoint: Double?
        for condition in settings.conditions {
            if let rollout = condition.rollout {
                let point = rolloutPoint ?? self.rolloutPoint(of: unitID)
                rolloutPoint = point
                guard Self.takes(point, rollout) else { continue }
            }
            return condition.variant ?? splitIndex(of: unitID)
        }
        return nil
    }

    /// What leaves a unit out: the holdout, the rollouts, or that its point is no variant's.
    /// - Parameter unitID: The unit's id.
    /// - Returns: The first of them, with the unit's point; nil for a unit with a variant.
    public func exclusion(of unitID: String) -> String? {
        if isHeldOut(unitID) { return "the holdout takes its point \(PostHogHash.holdout.point(of: unitID))" }
        let point = rolloutPoint(of: unitID)
        guard settings.conditions.contains(where: { Self.takes(point, $0.rollout) }) else {
            return "no rollout takes its point \(point)"
        }
        return index(of: unitID) == nil ? "its point \(self.point(of: unitID)) is no variant's" : nil
    }
}
