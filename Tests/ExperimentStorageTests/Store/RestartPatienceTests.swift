import ExperimentDatabase
import Testing

@testable import ExperimentStorage

@Suite("How long a server waits for readers to start its log anew")
struct RestartPatienceTests {
    private let start = ContinuousClock.now
    private let long = 300 * 1_048_576

    private func held(at frames: Int) -> CheckpointProgress {
        CheckpointProgress(isComplete: false, copiedFrames: frames)
    }

    @Test("not for a short log, and for a long one at most once a second")
    func lengths() {
        var patience = RestartPatience(start)
        let whole = CheckpointProgress(isComplete: true, copiedFrames: 10)
        #expect(patience.milliseconds(after: whole, bytes: 1_048_576, start + .seconds(9)) == nil)
        #expect(patience.milliseconds(after: whole, bytes: 20 * 1_048_576, start + .milliseconds(500)) == nil)
        #expect(patience.milliseconds(after: whole, bytes: 20 * 1_048_576, start + .seconds(2)) == 250)
        #expect(patience.milliseconds(after: whole, bytes: long, start + .seconds(2)) == 1_000)
    }

    @Test("never again for a reader that stays where it was, and again for readers that come and go")
    func sameReader() {
        var patience = RestartPatience(start)
        #expect(patience.milliseconds(after: held(at: 100), bytes: long, start + .seconds(2)) == 1_000)
        patience.waited(isRestarted: false, start + .seconds(3))
        for second in [10, 100, 1_000, 10_000] {
            #expect(patience.milliseconds(after: held(at: 100), bytes: long, start + .seconds(second)) == nil)
        }
        #expect(patience.milliseconds(after: held(at: 250), bytes: long, start + .seconds(10_001)) == 1_000)
    }

    @Test("each wait in vain doubles the pause before the next, up to a minute; one that helped ends that")
    func pauses() {
        var patience = RestartPatience(start)
        var now = start
        for (wait, pause) in [1, 2, 4, 8, 16, 32, 60, 60].enumerated() {
            let early = now + .seconds(pause) - .milliseconds(100)
            #expect(patience.milliseconds(after: held(at: 2 * wait), bytes: long, early) == nil)
            now += .seconds(pause)
            #expect(patience.milliseconds(after: held(at: 2 * wait + 1), bytes: long, now) == 1_000)
            patience.waited(isRestarted: false, now)
        }
        patience.waited(isRestarted: true, now)
        #expect(patience.milliseconds(after: held(at: 99), bytes: long, now + .seconds(1)) == 1_000)
    }
}
