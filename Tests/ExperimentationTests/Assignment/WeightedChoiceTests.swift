import Experimentation
import Testing

@Suite("Walking the weights")
struct WeightedChoiceTests {
    @Test("intervals are half-open, in declared order, as long as their share")
    func halfOpen() {
        let choice = WeightedChoice([1, 2, 1])
        #expect(choice.index(of: 0) == 0)
        #expect(choice.index(of: 0.25.nextDown) == 0)
        #expect(choice.index(of: 0.25) == 1)
        #expect(choice.index(of: 0.75.nextDown) == 1)
        #expect(choice.index(of: 0.75) == 2)
        #expect(choice.index(of: 1.0.nextDown) == 2)
    }

    @Test("a zero weight is never chosen: first, between, last, or several", arguments: [0, 1, 2, 3])
    func zero(_ place: Int) {
        var weights = [1.0, 1, 1, 1]
        weights[place] = 0
        let choice = WeightedChoice(weights)
        let edges = [0, 1.0 / 3, 2.0 / 3, 1].flatMap { [$0.nextDown, $0, $0.nextUp] }
        for point in edges + (0..<1_000).map({ Double($0) / 1_000 }) where point >= 0 && point < 1 {
            #expect(choice.index(of: point) != place)
        }
        #expect(WeightedChoice([0, 0, 1, 0]).index(of: 0) == 2)
        #expect(WeightedChoice([0, 0, 1, 0]).index(of: 1.0.nextDown) == 2)
    }

    @Test("rounding in the sum leaves no gap at the end")
    func noGap() {
        for count in 2...64 {
            let choice = WeightedChoice(Array(repeating: 0.1, count: count))
            #expect(choice.index(of: 1.0.nextDown) == count - 1)
        }
        #expect(WeightedChoice([.leastNonzeroMagnitude, 1]).index(of: 0.5) == 1)
    }

    @Test("weights that choose alike everywhere are equal, others are not")
    func equality() {
        #expect(WeightedChoice([1, 2, 1]) == WeightedChoice([25, 50, 25]))
        #expect(WeightedChoice([1, 0]) == WeightedChoice([7, 0]))
        #expect(WeightedChoice([1, 1, 0]) == WeightedChoice([1, 1]))
        let different: [([Double], [Double])] = [
            ([1, 0], [0, 1]), ([1, 1], [1, 1.001]), ([1, 1, 0], [1, 0, 1]), ([1, 0, 0], [1, 0, 1]),
            ([1, 1, 1, 0], [1, 1, 0, 1]), ([0, 1, 1], [1, 0, 1]), ([1, 2, 1], [1, 1, 2]),
        ]
        for (one, other) in different { #expect(WeightedChoice(one) != WeightedChoice(other), "\(one) \(other)") }
    }

    @Test("only shares matter, not the scale of the weights")
    func scale() {
        let percent = WeightedChoice([10, 20, 70])
        let share = WeightedChoice([0.125, 0.25, 0.875])
        for number in 0..<10_000 {
            let point = DefaultHash.point(experiment: "scale", unitID: "\(number)")
            #expect(percent.index(of: point) == share.index(of: point))
        }
    }
}
