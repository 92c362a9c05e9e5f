import ExperimentDatabase
import Experimentation

/// Units that have outcomes and were never exposed: which variant the experiment would have shown them, or did show them under
/// another spelling of their id.
///
/// Who was never exposed saw no variant, so such units split as the weights say, whatever a treatment does. Where one variant's
/// exposures are lost, its units are too many. Of many units those with the smallest hashes stand for all: the hash has nothing
/// to do with the one that assigns, the memory stays small, and the sample is the same in whatever order rows are read.
struct StrangerSample {
    /// The knowledge of a unit without an exposure.
    enum Stranger {
        /// The unit would have got a variant, by its place in the phase.
        case assigned(UInt16)
        /// The unit was exposed by an id that differs in capitals or spaces at the ends alone, to a variant by its place in the pass.
        case misspelt(UInt16)
        /// The unit takes no part, or nobody here knows its assignment.
        case outsider
    }

    /// Units that stand for all.
    private static let limit = 1 << 13

    private var strangers: [UInt64: Stranger] = [:]
    /// Hashes from here on are not in the sample.
    private var end = UInt64.max
    /// A misspelt id, that of the smallest hash.
    private(set) var example: (hash: UInt64, id: UnitID)?

    /// Adds a unit by the hash of its id, unless it is known.
    @inline(__always)
    mutating func add(_ hash: UInt64, _ stranger: () -> (Stranger, UnitID)) {
        guard hash < end, strangers[hash] == nil else { return }
        let (kind, id) = stranger()
        strangers[hash] = kind
        if case .misspelt = kind, hash < example?.hash ?? .max { example = (hash, id) }
        if strangers.count == 2 * Self.limit { cut() }
    }

    mutating func add(_ other: StrangerSample) {
        end = min(end, other.end)
        strangers.merge(other.strangers) { own, _ in own }
        if let own = other.example, own.hash < example?.hash ?? .max { example = own }
        cut()
    }

    /// The units that each of so many variants of the phase would have got.
    func assigned(_ variants: Int) -> [Int] {
        counts(variants) { if case .assigned(let place) = $0 { place } else { nil } }
    }

    /// The misspelt units of each of so many variants of the pass.
    func misspelt(_ variants: Int) -> [Int] {
        counts(variants) { if case .misspelt(let place) = $0 { place } else { nil } }
    }

    private func counts(_ variants: Int, _ place: (Stranger) -> UInt16?) -> [Int] {
        var whole = self
        whole.cut()
        var counts = [Int](repeating: 0, count: variants)
        for stranger in whole.strangers.values { if let own = place(stranger) { counts[Int(own)] += 1 } }
        return counts
    }

    private mutating func cut() {
        if strangers.count > Self.limit { end = min(end, strangers.keys.sorted()[Self.limit]) }
        strangers = strangers.filter { $0.key < end }
    }
}

/// The samples of one experiment.
struct Strangers {
    /// Units whose outcomes name the experiment.
    var named = StrangerSample()
    /// Units that are exposed in no experiment at all, with outcomes of what decides or guards that name none.
    var unnamed = StrangerSample()

    mutating func add(_ other: Strangers) {
        named.add(other.named)
        unnamed.add(other.unnamed)
    }
}
