import ExperimentDatabase
import Experimentation

/// Finds out what experiments would have shown to units that were never exposed, or did show them by another spelling.
struct StrangerWatch {
    private let exposures: ExposurePass
    private let assigners: [Assigner?]
    private let units: [ExperimentUnit]
    private let names: [[VariantName]]
    /// The experiments that a recorded metric decides or guards in, by its place.
    private let watchers: [[Int]]
    /// Whether an experiment goes by no links, by its place: else who was exposed under another id is no stranger.
    private let isStrict: [Bool]
    private let share: UnitShare
    private let seed: UInt64

    init(_ exposures: ExposurePass, _ metrics: PassMetrics, _ scope: PassScope) {
        (self.exposures, share, seed) = (exposures, scope.share, scope.seed)
        let phases = exposures.experiments.map(\.phase)
        isStrict = phases.map { $0.identity == .strict }
        assigners = phases.map(\.assigner)
        units = phases.map(\.unit)
        names = phases.map { $0.variants.map(\.name) }
        let deciding = phases.map { Set(metrics.deciding($0).flatMap(\.statistic.measures)) }
        watchers = metrics.recorded.map { recorded in
            let measures = recorded.measures + recorded.filtered.map(\.measure)
            return phases.indices.filter {
                phases[$0].identity == .strict && !deciding[$0].isDisjoint(with: measures)
            }
        }
    }

    /// Takes in an outcome that names an experiment in which its unit was never exposed.
    func take(_ row: PendingOutcome, _ keys: borrowing UnitKeys, _ all: inout [Strangers]) {
        let experiment = Int(row.experiment)
        let key = units[experiment] == .user ? row.user : row.session
        guard isStrict[experiment], !key.isAbsent else { return }
        all[experiment].named.add(Self.hash(key, keys)) { stranger(key, keys, experiment) }
    }

    /// Takes in an outcome that names no experiment, of units that are exposed in none.
    func takeUnnamed(_ row: PendingOutcome, _ keys: borrowing UnitKeys, _ all: inout [Strangers]) {
        for experiment in watchers[Int(row.metric)] {
            let isUser = units[experiment] == .user
            let (key, first) = isUser ? (row.user, row.firstUser) : (row.session, row.firstSession)
            guard first == 0, !key.isAbsent, share.holds(key.tag) else { continue }
            all[experiment].unnamed.add(Self.hash(key, keys)) { stranger(key, keys, experiment) }
        }
    }

    private func stranger(
        _ key: UnitKeys.Key, _ keys: borrowing UnitKeys, _ experiment: Int
    ) -> (StrangerSample.Stranger, UnitID) {
        let bytes = UnsafeRawBufferPointer(start: keys.words(key), count: Int(key.length))
        let id = String(decoding: bytes, as: UTF8.self)
        if let variant = misspelt(id, experiment) { return (.misspelt(variant), UnitID(id)) }
        guard let answer = try? assigners[experiment]?.assign(ExperimentContext(userID: id, sessionID: id)),
            answer.enrollment == .enrolled, let place = names[experiment].firstIndex(of: answer.variantID)
        else { return (.outsider, UnitID(id)) }
        return (.assigned(UInt16(place)), UnitID(id))
    }

    /// The variant of the unit whose id differs in capitals or spaces at its ends alone.
    ///
    /// Looked for where one pass has all units; with less memory the other spelling may be in another pass.
    private func misspelt(_ id: String, _ experiment: Int) -> UInt16? {
        guard share.isAll else { return nil }
        let lookup = exposures.table(units[experiment]).lookup
        let trimmed = String(id.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        var keys = UnitKeys(seed: seed, capacity: 256)
        for spelling in [trimmed, trimmed.lowercased(), trimmed.uppercased()] where spelling.utf8.count > 0 {
            // By bytes, as ids are compared.
            guard !spelling.utf8.elementsEqual(id.utf8) else { continue }
            keys.removeAll()
            let key = UnitID(spelling).text.withBytes { keys.add(UnsafeRawBufferPointer($0)) }
            let unit = lookup.unit(of: Int32(experiment), from: lookup.first(key, keys))
            guard unit != 0, lookup.units[Int(unit) - 1].isExposed else { continue }
            return lookup.units[Int(unit) - 1].variant
        }
        return nil
    }

    /// A hash of an id that is the same in every pass and report.
    private static func hash(_ key: UnitKeys.Key, _ keys: borrowing UnitKeys) -> UInt64 {
        var hash = UInt64(key.length)
        let words = keys.words(key)
        for word in 0..<UnitKeys.wordCount(key.length) { hash = UnitDeal.mixed(hash ^ words[word]) }
        return hash
    }
}
