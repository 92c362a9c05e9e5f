import ExperimentStatistics

/// Sixty nights of the rules of decision as a whole: two goals, two guardrails and four other metrics on which nothing
/// happens, or of which only the first goal wins.
enum DecisionNights {
    private static let units = 500.0
    private static let days = 7
    /// The margin of the guardrails, in standard deviations of a unit.
    private static let margin = 0.1

    static func tables(_ experiments: Int, _ seed: UInt64) -> Bool {
        var table = LevelTable(
            "60 nights, 2 goals, 2 guardrails, 4 other metrics: on some night",
            ["ship or stop", "ship", "stop", "discuss", "another metric is called worse", "each at α: ship or stop"])
        for treatments in [1, 3] {
            var random = Random(seed: seed &* 8500 &+ UInt64(treatments))
            var (either, ships, stops, discusses, others) = (Rate(), Rate(), Rate(), Rate(), Rate())
            var unshared = Rate()
            for _ in 0..<experiments {
                let shared = run(treatments, isShared: true, effect: 0, &random)
                either.note(shared.isShipped || shared.isStopped)
                ships.note(shared.isShipped)
                stops.note(shared.isStopped)
                discusses.note(shared.isDiscussed)
                others.note(shared.isOtherWorse)
                let each = run(treatments, isShared: false, effect: 0, &random)
                unshared.note(each.isShipped || each.isStopped)
            }
            table.row(
                "\(treatments) treatments, nothing happens",
                [
                    .atMost(either, 0.05), .atMost(ships, 0.05), .atMost(stops, 0.05), .atMost(discusses, 0.05),
                    .atMost(others, 0.05), .shown(unshared),
                ])
            var (shipped, stopped, discussed, worse) = (Rate(), Rate(), Rate(), Rate())
            for _ in 0..<experiments {
                let found = run(treatments, isShared: true, effect: 0.1, &random)
                shipped.note(found.isShipped)
                stopped.note(found.isStopped)
                discussed.note(found.isDiscussed)
                worse.note(found.isOtherWorse)
            }
            table.row(
                "\(treatments) treatments, the first goal gains 0.1 of its deviation",
                [.text(""), .shown(shipped), .atMost(stopped, 0.05), .shown(discussed), .shown(worse), .text("")])
        }
        return table.isGood
    }

    private struct Found {
        var isShipped = false
        var isStopped = false
        var isDiscussed = false
        var isOtherWorse = false
    }

    private static func run(_ treatments: Int, isShared: Bool, effect: Double, _ random: inout Random) -> Found {
        let shares = LevelShares(treatments: isShared ? treatments : 1, guardrails: isShared ? 2 : 1)
        let sequence = ConfidenceSequence(level: 0.05)
        let (goal, broken) = (-Level.log(shares.goal), -Level.log(shares.guardrailBroken))
        var control = Array(repeating: 0.0, count: 8)
        var arms = Array(repeating: control, count: treatments)
        var found = Found()
        for night in 1...Peeking.nights {
            let scale = units.squareRoot()
            for metric in control.indices { control[metric] += scale * random.normal() }
            for arm in arms.indices {
                for metric in control.indices { arms[arm][metric] += scale * random.normal() }
                arms[arm][0] += effect * units
            }
            let (count, error) = (units * Double(night), (2 / (units * Double(night))).squareRoot())
            var others: [(statistic: Double, logEValue: Double)] = []
            var isWorse = Array(repeating: (first: false, second: false), count: treatments)
            for arm in arms.indices {
                func look(_ metric: Int, _ shift: Double = 0) -> (statistic: Double, logEValue: Double) {
                    let statistic = ((arms[arm][metric] - control[metric]) / count + shift) / error
                    return (statistic, sequence.logEValue(statistic: statistic, units: 2 * count))
                }
                let (first, second) = (look(0), look(1))
                let guardrails = [look(2, margin), look(3, margin)]
                isWorse[arm] = (
                    first.statistic < 0 && first.logEValue >= goal, second.statistic < 0 && second.logEValue >= goal
                )
                let holds = guardrails.allSatisfy { $0.statistic > 0 && $0.logEValue >= goal }
                if guardrails.contains(where: { $0.statistic < 0 && $0.logEValue >= broken }) { found.isStopped = true }
                if isWorse[arm].first { found.isStopped = true }
                if isWorse[arm].second { found.isDiscussed = true }
                if night >= days, first.statistic > 0, first.logEValue >= goal, holds, !isWorse[arm].second {
                    found.isShipped = true
                }
                others += (4..<8).map { look($0) }
            }
            if EValueDiscoveries(others.map(\.logEValue)).found.contains(where: { others[$0].statistic < 0 }) {
                found.isOtherWorse = true
            }
        }
        return found
    }
}
