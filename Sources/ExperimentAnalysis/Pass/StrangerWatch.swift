import ExperimentDatabase
import Experimentation

/// Finds out what experiments would have shown to units that were never exposed, or did show them by another spelling.
struct StrangerWatch {
    /// The first units of the other spellings of an id, which are looked up once for all experiments.
    private struct OtherSpellings {
        var firstUnits: [ExperimentUnit: [UInt32]] = [:]
    }

    private let exposures: ExposurePass
    private let assigners: [Assigner?]
    private let units: [ExperimentUnit]
    private let names: [[VariantName]]
    /// The experiments that a recorded metric decides or guards in, by its place.
    private let watchers: [[Int]]
    /// Where links are gone by, who was exposed under another id is no stranger.
    private let isStrict: [Bool]
    private let share: UnitShare
    private let seed: UInt64

    init(_ exposures: ExposurePass, _ metrics: PassMetrics, _ scope: PassScope) {
        (self.exposures, share, seed) = (exposures, scope.share, scope.seed)
        let phases = exposures.experiments.map(\.phase)
        isStrict = phases.map { $0.identity == .strict }
        assigners = phases.map(\.assigner)
        units = phases.map(\.unit)
        names = phases.map { $0.arms.map(\.name) }
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
        var others = OtherSpellings()
        all[experiment].named.add(Self.hash(key, keys)) { stranger(key, keys, experiment, &others) }
    }

    /// Takes in an outcome that names no experiment, of units that are exposed in none.
    func takeUnnamed(_ row: PendingOutcome, _ keys: borrowing UnitKeys, _ all: inout [Strangers]) {
        var others = OtherSpellings()
        for experiment in watchers[Int(row.metric)] {
            let isUser = units[experiment] == .user
            let (key, first) = isUser ? (row.user, row.firstUser) : (row.session, row.firstSession)
            guard first == 0, !key.isAbsent, share.holds(key.tag) else { continue }
            all[experiment].unnamed.add(Self.hash(key, keys)) { stranger(key, keys, experiment, &others) }
        }
    }

    private func stranger(
        _ key: UnitKeys.Key, _ keys: borrowing UnitKeys, _ experiment: Int, _ others: inout OtherSpellings
    ) -> (StrangerSample.Stranger, UnitID) {
        let bytes = UnsafeRawBufferPointer(start: keys.words(key), count: Int(key.length))
        let id = String(decoding: bytes, as: UTF8.self)
        if let variant = misspelt(id, experiment, &others) { return (.misspelt(variant), UnitID(id)) }
        guard let answer = try? assigners[experiment]?.assign(ExperimentContext(userID: id, sessionID: id)),
            answer.enrollment == .enrolled, let place = names[experiment].firstIndex(of: answer.variantID)
        else { return (.outsider, UnitID(id)) }
        return (.assigned(UInt16(place)), UnitID(id))
    }

    /// The variant of the unit whose id differs in capitals or spaces at its ends alone.
    ///
    /// Looked for where one pass has all units; with less memory the other spelling may be in another pass.
    private func misspelt(_ id: String, _ experiment: Int, _ others: inout OtherSpellings) -> UInt16? {
        guard share.isAll else { return nil }
        let lookup = exposures.table(units[experiment]).lookup
        let firstUnits = others.firstUnits[units[experiment]] ?? Self.otherSpellings(of: id).map { first($0, lookup) }
        others.firstUnits[units[experiment]] = firstUnits
        for first in firstUnits {
            let unit = lookup.unit(of: Int32(experiment), from: first)
            guard unit != 0, lookup.units[Int(unit) - 1].isExposed else { continue }
            return lookup.units[Int(unit) - 1].variant
        }
        return nil
    }

    private func first(_ id: String, _ lookup: PassUnits.Lookup) -> UInt32 {
        var keys = UnitKeys(seed: seed, capacity: 256)
        let key = UnitID(id).text.withBytes { keys.add(UnsafeRawBufferPointer($0)) }
        return lookup.first(key, keys)
    }

    /// An id without the spaces at its ends, as it is, in small letters and in capitals; those that differ from the id.
    private static func otherSpellings(of id: String) -> [String] {
        let trimmed = Self.trimmed(id)
        // By bytes, as ids are compared.
        return [trimmed, trimmed.lowercased(), trimmed.uppercased()].filter {
            $0.utf8.count > 0 && !$0.utf8.elementsEqual(id.utf8)
        }
    }

    private static func trimmed(_ id: String) -> String {
        // Between letters, digits and signs of ASCII no space is at an end; of most ids that is all there is to look at.
        let signs: ClosedRange<UInt8> = 0x21...0x7e
        if let first = id.utf8.first, let last = id.utf8.last, signs ~= first, signs ~= last { return id }
        return String(id.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    /// A hash of an id that is the same in every pass and report.
    private static func hash(_ key: UnitKeys.Key, _ keys: borrowing UnitKeys) -> UInt64 {
        var hash = UInt64(key.length)
        let words = keys.words(key)
        for word in 0..<UnitKeys.wordCount(key.length) { hash = UnitDeal.mixed(hash ^ words[word]) }
        return hash
    }
}
