import Experimentation

/// Deals the units of an experiment to its variants anew, by the hash of their ids.
///
/// A unit gets the same variant on every night of a split, whatever its place in the log of that night is.
struct UnitDeal {
    /// Hashes of the units' ids, by cells and by the units' places there.
    private let hashes: [[UInt64]]
    /// The places of the variants that are dealt, and the share of units up to each.
    private let variants: [(place: UInt16, share: Double)]

    /// Deals by the weights of the phase.
    init(_ pass: LogPass, _ place: Int) {
        let experiment = pass.exposures.experiments[place]
        let cells = pass.outcomes.cells.count
        let all = pass.exposures.table(experiment.phase.unit).hashes(Int32(place), count: experiment.units)
        hashes = (0..<cells).map { part in stride(from: part, to: all.count, by: cells).map { all[$0] } }
        let weighted = experiment.phase.variants.filter { $0.weight > 0 }
        let total = weighted.reduce(0) { $0 + $1.weight }
        var sum = 0.0
        variants = weighted.compactMap { variant in
            sum += variant.weight
            return experiment.variants.firstIndex(of: variant.variantRow).map { (UInt16($0), sum / total) }
        }
    }

    /// The place of every unit's variant in one split.
    func split(_ number: UInt64) -> [[UInt16]] {
        let salt = Self.mixed(number &+ 0x9e37_79b9_7f4a_7c15)
        return hashes.map { hashes in
            hashes.map { hash in
                let share = Double(Self.mixed(hash ^ salt) >> 11) * 0x1p-53
                return (variants.first { share < $0.share } ?? variants[variants.count - 1]).place
            }
        }
    }

    /// SplitMix64's finaliser, with the constants of David Stafford's thirteenth mix.
    static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

extension PassUnits {
    /// A hash of each unit's id, by the units' places in an experiment; the same in every pass.
    func hashes(_ experiment: Int32, count places: Int) -> [UInt64] {
        var hashes = [UInt64](repeating: 0, count: places)
        for index in 0..<count where units[index].experiment == experiment {
            hashes[Int(units[index].place)] = hash(of: units[index])
        }
        return hashes
    }
}
