import ExperimentVendors
import Experimentation
import Foundation
import TestSupport
import Testing

/// A file of a vendor, of which one experiment is left alone while everything else of it is damaged.
private struct DamagedFile {
    static let safe: [Vendor: String] = [
        .growthBook: #"{"rules": [{"key": "safe", "variations": [1, 2], "hashVersion": 2}]}"#,
        .statsig: """
        {"name": "safe", "salt": "s", "enabled": true, "entity": "experiment", "rules": [{"id": "a",
        "groupName": "Control", "passPercentage": 100, "isExperimentGroup": true, "conditions": [{"type": "user_bucket",
        "operator": "lt", "targetValue": 1000, "additionalValues": {"salt": "s"}}]}]}
        """,
        .postHog: """
        {"key": "safe", "active": true, "filters": {"groups": [{"rollout_percentage": 100}],
        "multivariate": {"variants": [{"key": "control", "rollout_percentage": 50},
        {"key": "test", "rollout_percentage": 50}]}}}
        """,
        .optimizely: """
        {"id": "safe id", "key": "safe", "status": "Running", "variations": [{"id": "safe 1", "key": "control"},
        {"id": "safe 2", "key": "test"}], "trafficAllocation": [{"entityId": "safe 1", "endOfRange": 5000},
        {"entityId": "safe 2", "endOfRange": 10000}]}
        """,
    ]
    /// The field of a vendor's file that holds the experiments.
    static let sections: [Vendor: String] = [
        .growthBook: "features", .statsig: "dynamic_configs", .postHog: "flags", .optimizely: "experiments",
    ]

    let vendor: Vendor
    /// The file with the safe experiment in it.
    let whole: VendorValue
    /// The places of everything but the safe experiment, from below the sections of the file on.
    private(set) var places: [[String]] = []
    let carried: CarryOver

    init?(_ vendor: Vendor, _ file: VendorValue) throws {
        guard let text = Self.safe[vendor], let section = Self.sections[vendor] else { return nil }
        self.vendor = vendor
        let safe = try JSONDecoder().decode(VendorValue.self, from: Data(text.utf8))
        var fields = file.fields
        switch fields[section] {
        case .object(var parts):
            parts["safe"] = safe
            fields[section] = .object(parts)
        case .array(let parts): fields[section] = .array([safe] + parts)
        default: return nil
        }
        whole = .object(fields)
        guard let carried = try? vendor.carryOver(json: Vectors.json(whole)),
            carried.experiments.contains(where: { $0.id == "safe" })
        else { return nil }
        self.carried = carried
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            for (key, part) in value.parts where name != section || key != "safe" && (key != "0" || !value.isArray) {
                collect(part, [name, key])
            }
        }
    }

    private mutating func collect(_ value: VendorValue, _ place: [String]) {
        places.append(place)
        for (key, part) in value.parts.prefix(12) { collect(part, place + [key]) }
    }

    /// The variants that the safe experiment gives some units.
    func answers(_ carried: CarryOver) throws -> [VariantName] {
        let plugin = try carried.plugin()
        return try (0..<20).map { try plugin.assign("safe", for: ExperimentContext(userID: "u\($0)")).variantID }
    }
}

extension VendorValue {
    fileprivate var isArray: Bool {
        if case .array = self { true } else { false }
    }

    /// The values in it by their names or places.
    fileprivate var parts: [(String, VendorValue)] {
        switch self {
        case .object(let fields): fields.sorted { $0.key < $1.key }
        case .array(let elements): elements.enumerated().map { ("\($0)", $1) }
        default: []
        }
    }

    /// The value with another one in a place; nil takes it out, and with it what had that place.
    fileprivate func replacing(_ place: ArraySlice<String>, with value: VendorValue?) -> VendorValue? {
        guard let key = place.first else { return value }
        switch self {
        case .object(var fields):
            fields[key] = (fields[key] ?? .null).replacing(place.dropFirst(), with: value)
            return .object(fields)
        case .array(var elements):
            guard let index = Int(key), elements.indices.contains(index) else { return self }
            if let element = elements[index].replacing(place.dropFirst(), with: value) {
                elements[index] = element
            } else {
                elements.remove(at: index)
            }
            return .array(elements)
        default: return self
        }
    }
}

@Suite("Every field of a file dropped, retyped or unknown")
struct DamagedPartTests {
    /// Files that the vendors' SDKs were asked about; with `VENDOR_PAYLOADS` also those in its folder, which are named
    /// VENDOR.anything.json.
    private func files(_ vendor: Vendor) throws -> [VendorValue] {
        var files: [VendorValue] = []
        switch vendor {
        case .growthBook:
            for vector in try Vectors.read("growthbook.jsonl", as: GrowthBookVector.self) where vector.kind != "hash" {
                var fields: [String: VendorValue] = ["features": vector.features ?? .object([:])]
                fields["experiments"] = vector.experiment.map { .array([$0]) }
                files.append(.object(fields))
            }
        case .postHog:
            let vectors = try Vectors.read("posthog.jsonl", as: PostHogTests.Vector.self)
            files = vectors.compactMap(\.flag).map { .object(["flags": .array([$0])]) }
        case .optimizely:
            for vector in try Vectors.read("optimizely.jsonl", as: OptimizelyVector.self) where vector.kind != "hash" {
                files.append(try JSONDecoder().decode(VendorValue.self, from: vector.datafile()))
            }
        case .statsig:
            for version in 1...2 {
                let data = try Data(contentsOf: Vectors.folder.appending(path: "statsig-dcs-sample-v\(version).json"))
                files.append(try JSONDecoder().decode(VendorValue.self, from: data))
            }
            for (number, vector) in try Vectors.read("statsig.jsonl", as: StatsigVector.self).enumerated() {
                var file = StatsigFile(isByName: number % 2 == 0)
                if let experiment = vector.experiment { file.add(experiment) }
                if let layer = vector.layer { file.add(layer) }
                if vector.experiment != nil || vector.layer != nil { files.append(file.json) }
            }
        }
        return files
    }

    private func payloads(_ vendor: Vendor) throws -> [VendorValue] {
        guard let folder = ProcessInfo.processInfo.environment["VENDOR_PAYLOADS"] else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            .filter { $0.hasPrefix("\(vendor.rawValue).") }
            .map {
                let data = try Data(contentsOf: URL(filePath: folder).appending(path: $0))
                return try JSONDecoder().decode(VendorValue.self, from: data)
            }
    }

    @Test(
        "what is damaged is refused by name or comes along as before, and what is not damaged comes along unchanged",
        arguments: Vendor.allCases)
    func damaged(_ vendor: Vendor) throws {
        var random = SplitMix(seed: 7)
        let values: [VendorValue?] = [
            nil, .null, .bool(true), .number(0.5), .string("x"), .array([]), .array([.null]), .object([:]),
            .object(["x": .number(1)]),
        ]
        var tried = 0
        let given = try payloads(vendor)
        let own = try files(vendor)
        for (number, file) in (given + own).enumerated() where number < given.count || number % 12 == 0 {
            guard let damaged = try DamagedFile(vendor, file) else { continue }
            let expected = try damaged.answers(damaged.carried)
            // A file of many places is tried in some of them.
            let share = min(1, 60 / Double(damaged.places.count))
            for place in damaged.places where random.chance(share) {
                var changes: [VendorValue?] = [values[random.below(values.count)], values[random.below(values.count)]]
                if random.chance(0.2) { changes.append(nil) }
                for value in changes {
                    guard let changed = damaged.whole.replacing(place[...], with: value) else { continue }
                    let what = "\(place) \(String(describing: value))"
                    do {
                        let carried = try vendor.carryOver(json: Vectors.json(changed))
                        try check(carried, damaged, expected, what)
                        // Whoever is gone has a reason, unless it was taken out as a whole or has another name.
                        let isOneOfSeveral = place.count == 2 || Int(place.last ?? "") != nil
                        let isWhole = value == nil && isOneOfSeveral || place.last == "key"
                        if !isWhole, value != .string("x"), value != .array([]), isAnyGone(carried, damaged) {
                            #expect(!carried.items.isEmpty, "\(what)")
                        }
                    } catch {
                        Issue.record("\(what): \(error)")
                    }
                    tried += 1
                }
            }
        }
        #expect(tried > 1_000)
    }

    private func check(
        _ carried: CarryOver, _ damaged: DamagedFile, _ expected: [VariantName], _ what: String
    ) throws {
        guard carried.experiments.contains(where: { $0.id == "safe" }) else {
            Issue.record("\(what): the experiment that was left alone is gone")
            return
        }
        let answers = try damaged.answers(carried)
        #expect(answers == expected, "\(what)")
    }

    private func isAnyGone(_ carried: CarryOver, _ damaged: DamagedFile) -> Bool {
        let ids = Set(carried.experiments.map(\.id))
        return damaged.carried.experiments.contains { !ids.contains($0.id) }
    }
}
