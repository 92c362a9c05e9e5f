import ExperimentDatabase

/// Decides how long a server waits for readers, in the way of everybody who records, until a long log can be started anew.
///
/// The wait is worth its time where readers come and go. A reader that was there at the last attempt, and holds the copy up
/// at the same place, is not about to leave: nobody waits for it. Each wait in vain doubles the pause before the next.
struct RestartPatience {
    private static let mebibyte = 1_048_576
    /// Shorter logs are not waited for.
    private static let shortest = 16 * mebibyte
    private static let long = 256 * mebibyte

    private var lastWait: ContinuousClock.Instant
    /// Waits in a row that a reader made vain.
    private var waitsInVain = 0
    /// The number of frames that the attempt before copied, where a reader held it up; else nil.
    private var heldAt: Int?

    /// Begins at a moment, which counts as that of a wait.
    init(_ now: ContinuousClock.Instant) { lastWait = now }

    /// The time to wait after a checkpoint of a log of some bytes, in milliseconds; nil for not at all.
    mutating func milliseconds(
        after progress: CheckpointProgress, bytes: Int, _ now: ContinuousClock.Instant
    ) -> Int32? {
        let isHeldAsBefore = !progress.isComplete && heldAt != nil && progress.copiedFrames == heldAt
        heldAt = progress.isComplete ? nil : progress.copiedFrames
        let pause = Duration.seconds(min(60, 1 << min(waitsInVain, 6)))
        guard bytes > Self.shortest, !isHeldAsBefore, lastWait.duration(to: now) >= pause else { return nil }
        return bytes > Self.long ? 1_000 : 250
    }

    /// Notes a wait's end.
    mutating func waited(isRestarted: Bool, _ now: ContinuousClock.Instant) {
        waitsInVain = isRestarted ? 0 : waitsInVain + 1
        lastWait = now
    }
}
