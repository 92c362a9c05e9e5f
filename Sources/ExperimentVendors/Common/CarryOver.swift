public import Experimentation

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The name of something in a vendor's file: a key, an id, a salt, a field; bytes, as to the vendor's own program.
public typealias VendorName = Name<Vendor>

/// A vendor to move in from.
public enum Vendor: String, Sendable, Hashable, CaseIterable, Codable {
    case growthBook = "growthbook"
    case statsig
    case postHog = "posthog"
    case optimizely

    /// The encodings of a text that the vendor's SDKs hash, the usual one first; a single one where all SDKs agree.
    public var encodings: [TextEncoding] {
        switch self {
        case .growthBook: [.utf16, .codepoint, .utf8]
        case .optimizely: [.utf8, .utf16LowByte]
        case .statsig, .postHog: [.utf8]
        }
    }

    /// The experiments that a move brings along from a vendor's own configuration file.
    /// - Parameters:
    ///   - json: The file: GrowthBook's features payload, Statsig's config specs, PostHog's local-evaluation flags or
    ///     Optimizely's datafile.
    ///   - encoding: What the team's SDKs hash of a text: one of ``encodings``, the first unless given.
    /// - Returns: What comes along, and what does not.
    /// - Throws: Every problem with the file; nothing is taken from a file with problems.
    public func carryOver(json: Data, encoding: TextEncoding? = nil) throws(VendorFileError) -> CarryOver {
        let encoding = encoding ?? encodings[0]
        switch self {
        case .growthBook:
            var options = GrowthBookOptions()
            options.encoding = encoding
            return try GrowthBookPayload(json: json).carryOver(options)
        case .statsig: return try StatsigSpecs(json: json).carryOver()
        case .postHog: return try PostHogFlags(json: json).carryOver()
        case .optimizely: return try OptimizelyDatafile(json: json).carryOver(encoding: encoding)
        }
    }
}

/// The result of moving in from a vendor's file: the experiments that come along, and everything that does not.
///
/// Nothing of the file is dropped silently: what is in no experiment is in an item.
public struct CarryOver: Sendable {
    /// Something that does not come along as it is.
    public struct Item: Sendable, Hashable, CustomStringConvertible {
        /// The degree to which a part is lost.
        public enum Loss: String, Sendable, Hashable, CaseIterable {
            /// The experiment comes along; the caller has to see to this part of it.
            case approximated
            /// The part does not come along.
            case refused
            /// The part is nothing that could come along, and decides nothing about what does.
            case skipped
        }

        /// The item's place in the file, such as `features.checkout.rules[0].condition`.
        public let path: String
        /// The degree to which the item is lost.
        public let loss: Loss
        /// Why, and what to do about it.
        public let reason: String

        /// The item on one line.
        public var description: String { "\(path): \(loss.rawValue): \(reason)" }
    }

    /// The experiments, in the order of the file; each assigns as the vendor does.
    public internal(set) var experiments: [Experiment] = []
    /// The parts that do not come along as they are, in the order of the file; parts that cannot be read and then
    /// fields that are not known come last.
    public internal(set) var items: [Item] = []
    /// The place of each experiment among ``experiments``, by its id.
    private var positions: [ExperimentName: Int] = [:]
}

extension CarryOver {
    /// The experiment of an id.
    func experiment(_ id: ExperimentName) -> Experiment? { positions[id].map { experiments[$0] } }

    /// An experiment of an id that no other has.
    mutating func add(_ experiment: Experiment) {
        positions[experiment.id] = experiments.count
        experiments.append(experiment)
    }

    /// A part of an experiment that the caller has to see to.
    mutating func approximate(_ path: String, _ reason: String) {
        items.append(Item(path: path, loss: .approximated, reason: reason))
    }

    /// Something that does not come along.
    mutating func refuse(_ path: String, _ reason: String) {
        items.append(Item(path: path, loss: .refused, reason: reason))
    }

    /// Something that is no experiment and decides about none.
    mutating func skip(_ path: String, _ reason: String) {
        items.append(Item(path: path, loss: .skipped, reason: reason))
    }

    /// Parts of the file that cannot be read, and fields that this library does not know, by their paths.
    mutating func note(unreadable problems: [VendorProblem], unknown fields: [String]) {
        for problem in problems { refuse(problem.path, "cannot be read: \(problem.reason)") }
        for path in fields { approximate(path, "this library does not know the field and did not read it") }
    }

    /// The unit is neither a user nor a session of this library's.
    mutating func approximate(_ path: String, countedBy name: String) {
        approximate(path, "units are counted by \(name): pass its value as the user's id")
    }
}

extension CarryOver {
    /// The experiments as a plugin without a store, which assigns as the vendor does.
    ///
    /// A store opened with the same algorithms, ``Experimentation/AssignmentAlgorithms/vendors``, assigns the same.
    /// - Returns: The plugin.
    /// - Throws: ``Experimentation/ExperimentError/invalidContext(_:)`` never for what was made from a file.
    public func plugin() throws(ExperimentError) -> HashExperimentPlugin {
        try HashExperimentPlugin(experiments, algorithms: .vendors)
    }
}

/// An experiment on its way into a carry-over.
struct CarryOverDraft {
    let path: String
    let id: VendorName
    let algorithm: AssignmentAlgorithm
    let seed: VendorName
    var status = ExperimentStatus.running
    var unit = ExperimentUnit.user
    /// The ids of the variants.
    var variants: [VendorName]
    /// The share of units of each.
    var weights: [Double]
    /// The control's position; nil where the file does not say.
    var control: Int?
    var winner: VendorName?
    var overrides: [VariantOverride] = []

    /// Names by which people call the variant that the others are compared with.
    private static let controlNames = ["control", "original", "baseline"]

    /// Whether a unit can have an id.
    private static func isPossible(_ id: UnitID) -> Bool {
        1...1_024 ~= id.text.utf8.count && !id.text.utf8.contains(0)
    }

    /// Puts the experiment into what a move brings along, or its refusal.
    func add(to carried: inout CarryOver, settings: some Encodable) {
        // An id that no user can have here is left out, rather than the experiment with it.
        let (possible, impossible) = overrides.partitioned { Self.isPossible($0.unitID) }
        if let first = impossible.first {
            carried.approximate(
                path,
                "no unit can have the id \(first.unitID.text.isEmpty ? "''" : "'\(first.unitID.text.prefix(40))'") of a tester"
                    + (impossible.count > 1 ? ", nor \(impossible.count - 1) other testers' ids" : "")
                    + "; such testers are left out")
        }
        do throws(ExperimentError) {
            let named = variants.firstIndex { Self.controlNames.contains($0.text.lowercased()) }
            let control = control ?? named ?? 0
            let experiment = try Experiment(
                id: id.text, status: status, unit: unit,
                variants: variants.indices.map {
                    VariantDefinition(variants[$0].text, weight: weights[$0], isControl: $0 == control)
                },
                winner: winner?.text, overrides: possible, algorithm: algorithm, seed: seed == id ? nil : seed.text,
                settings: try VendorSettings.encode(settings))
            try AssignmentAlgorithms.vendors.check(experiment)
            if let other = carried.experiment(experiment.id) {
                guard other != experiment else { return }
                return carried.refuse(path, "another experiment of the file has its id and is defined differently")
            }
            if self.control == nil, named == nil {
                carried.approximate(path, "the file does not say which variant is the control; the first one is taken")
            }
            carried.add(experiment)
        } catch {
            carried.refuse(path, "\(error)")
        }
    }
}

extension Array {
    /// The elements that meet a condition, and the others, each in their order.
    fileprivate func partitioned(_ isMet: (Element) -> Bool) -> (met: [Element], others: [Element]) {
        reduce(into: ([], [])) { parts, element in
            if isMet(element) { parts.0.append(element) } else { parts.1.append(element) }
        }
    }
}
