/// A share of all units: a bucket of 0…9999 below a hundred times the percentage, a product that is not rounded.
struct StatsigShare: Sendable {
    private let hash: StatsigHash
    private let percentage: Double

    init(_ hash: StatsigHash, _ percentage: Double) {
        self.hash = hash
        self.percentage = percentage
    }

    func takes(_ unitID: String) -> Bool {
        if percentage == 0 { return false }
        if percentage == 100 { return true }
        return Double(hash.bucket(of: unitID, outOf: 10_000)) < percentage * 100
    }
}
