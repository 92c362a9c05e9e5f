import ExperimentJSON
public import Experimentation

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// GrowthBook's features payload: what `/api/features/KEY` answers.
public struct GrowthBookPayload: Sendable {
    /// The features, by key, in the order of the file.
    public let features: [(name: VendorName, value: GrowthBookFeature)]
    /// Experiments that belong to no feature, such as those of the visual editor.
    public var experiments: [GrowthBookExperiment] { readExperiments.compactMap(\.self) }
    /// The same at their places in the file; nil for one that cannot be read.
    let readExperiments: [GrowthBookExperiment?]
    /// The paths of fields that this library does not know, in the order of the file.
    public internal(set) var unknownFields: [String] = []
    /// The problems of parts of the file that cannot be read, in the order of the file; the others are read.
    public internal(set) var unreadableParts: [VendorProblem] = []

    /// Reads a payload.
    /// - Parameter json: The file.
    /// - Throws: Every problem with it; nothing is taken from a file with problems.
    public init(json: Data) throws(VendorFileError) {
        let file = try VendorFile(json, GrowthBookPayload.init)
        self = try file.value(ifAnyExperiment: {
            !$0.experiments.isEmpty || $0.features.contains { $0.value.hasExperiment }
        })
        unknownFields = file.unreadFields
        unreadableParts = file.problemsOfParts
    }
}

extension GrowthBookPayload {
    /// Fields that say nothing about who gets what; saved groups are part of conditions.
    private static let silentFields: [JSONNode.FieldName] = [
        "status", "dateUpdated", "savedGroups", "encryptedSavedGroups",
    ]

    /// Reads a payload.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        if !fields.contains("features"), !fields.contains("encryptedFeatures") {
            fields.problem("this is no features payload of GrowthBook: it has no features")
            fields = .standIn
        }
        let parts = (
            features: fields.contains("features") ? fields.required("features") : nil,
            experiments: fields.optional("experiments")
        )
        let encrypted: [(JSONNode.FieldName, JSONReader?)] = [
            ("encryptedFeatures", parts.features), ("encryptedExperiments", parts.experiments),
        ]
        for (name, part) in encrypted {
            // Beside what is encrypted the server writes an object or a list with nothing in it.
            guard let encrypted = fields.optional(name), part?.isEmpty != false else { continue }
            encrypted.problem("must be decrypted before it is imported")
        }
        features =
            parts.features?.fields.parts { GrowthBookFeature($1) }
            .compactMap { name, part in part.map { (name, $0) } } ?? []
        readExperiments = parts.experiments?.part { $0.parts(GrowthBookExperiment.init) } ?? []
        fields.noteUnread(Self.silentFields)
    }
}

/// A feature of GrowthBook: a value for everybody, and rules that give other ones.
public struct GrowthBookFeature: Sendable, Hashable {
    /// The value where no rule decides.
    public let defaultValue: VendorValue
    /// The rules, in order.
    public let rules: [GrowthBookRule]

    /// The answer of a feature.
    public struct Answer: Sendable, Hashable {
        /// The source of an answer: the default value, a forced value or an experiment.
        public enum Source: String, Sendable, Hashable {
            case defaultValue, force, experiment
        }

        /// The value.
        public let value: VendorValue
        /// The source of the value.
        public let source: Source
        /// The key of the experiment that decided; nil otherwise.
        public let experiment: VendorName?
        /// The decision of the experiment; nil where none decided.
        public let decision: GrowthBookDecision?
    }

    /// Whether a rule splits units.
    var hasExperiment: Bool { Self.hasExperiment(rules[...]) }

    /// Whether one of some rules splits units.
    static func hasExperiment(_ rules: ArraySlice<GrowthBookRule>) -> Bool {
        rules.contains { if case .experiment = $0 { true } else { false } }
    }

    /// Answers as GrowthBook's SDK does; conditions and prerequisites are taken as met.
    /// - Parameters:
    ///   - key: The feature's key.
    ///   - user: Whom it is about.
    ///   - options: What the SDKs of the team do where SDKs differ.
    /// - Returns: The answer.
    public func answer(_ key: VendorName, for user: GrowthBookUser, _ options: GrowthBookOptions = .init()) -> Answer {
        for rule in rules {
            switch rule {
            case .prerequisite, .nothing, .unreadable: continue
            case .rollout(let rollout):
                guard rollout.takes(user, key, options) else { continue }
                return Answer(value: rollout.force, source: .force, experiment: nil, decision: nil)
            case .experiment(var experiment):
                if experiment.key.text.isEmpty { experiment.key = key }
                let decision = experiment.decide(for: user, encoding: options.encoding)
                guard let index = decision.variationIndex, !experiment.isPassthrough(index) else { continue }
                return Answer(
                    value: experiment.variations[index], source: .experiment, experiment: experiment.key,
                    decision: decision)
            }
        }
        return Answer(value: defaultValue, source: .defaultValue, experiment: nil, decision: nil)
    }
}

extension GrowthBookFeature {
    /// Reads a feature.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        defaultValue = fields.optional("defaultValue")?.value ?? .null
        rules = fields.optional("rules")?.parts(GrowthBookRule.init).map { $0 ?? .unreadable } ?? []
        fields.noteUnread()
    }
}

extension GrowthBookRollout {
    fileprivate func takes(_ user: GrowthBookUser, _ feature: VendorName, _ options: GrowthBookOptions) -> Bool {
        guard filters.allSatisfy({ $0.admits(user, options.encoding) }) else { return false }
        guard range != nil || coverage != nil, var rule = hashed(feature, options) else { return true }
        guard let value = user.text(of: hashAttribute) else { return false }
        rule.settings.filters = []
        return GrowthBookBucketing(rule.settings, seed: rule.seed).index(of: value) != nil
    }
}

/// A rule of a feature: tried in order, the first that takes the user decides.
public enum GrowthBookRule: Sendable, Hashable {
    /// Splits units between variations.
    case experiment(GrowthBookExperiment)
    /// Gives a value to everybody, or to a share.
    case rollout(GrowthBookRollout)
    /// Gives the feature's default value to whoever does not meet a prerequisite, and lets the others go on.
    case prerequisite
    /// Neither gives a value nor splits units: the SDKs go on with the next rule.
    case nothing
    /// Cannot be read.
    case unreadable
}

extension GrowthBookRule {
    /// Reads a rule by what it does.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        if fields.contains("force") {
            self = .rollout(GrowthBookRollout(reader))
        } else if fields.hasValue("variations") {
            self = .experiment(GrowthBookExperiment(reader))
        } else {
            let conditions = fields.optional("parentConditions")
            self = conditions?.isEmpty == false ? .prerequisite : .nothing
            fields.noteUnread(GrowthBookExperiment.silentFields + ["condition", "variations"])
        }
    }
}

/// A rule that gives one value to everybody or to a share of the units.
public struct GrowthBookRollout: Sendable, Hashable {
    /// The value.
    public let force: VendorValue
    /// The share; nil for everybody, or as the range says.
    public let coverage: Double?
    /// The points that get the value, in place of the share.
    public let range: GrowthBookRange?
    /// The seed of the hash; nil or empty for the feature's key.
    public let seed: String?
    /// The version of the hash; 1 unless the file says otherwise.
    public let hashVersion: Int
    /// The attribute that is hashed.
    public let hashAttribute: String
    /// Hashes the unit has to pass.
    public let filters: [GrowthBookFilter]
    /// Whether conditions on attributes or prerequisites decide too, which this library does not evaluate.
    public let isTargeted: Bool

    /// The rule that decides from the unit's id alone; nil when everybody gets the value.
    func hashed(_ feature: VendorName, _ options: GrowthBookOptions) -> GrowthBookSettings.EarlierRule? {
        let ranges: [GrowthBookRange]
        if let range {
            ranges = [range]
        } else if let coverage {
            // A share of 0 takes nobody, not even the point 0.
            let end = coverage > 0 && options.isRolloutEndIncluded ? coverage.nextUp : coverage
            ranges = [GrowthBookRange(0, end)]
        } else if !filters.isEmpty {
            ranges = [GrowthBookRange(0, 1)]
        } else {
            return nil
        }
        // Filters alone ask for no hash of the rule's, so its version does not matter.
        let version = range == nil && coverage == nil ? 1 : hashVersion
        let settings = GrowthBookSettings(
            encoding: options.encoding, hashVersion: version, ranges: ranges, filters: filters)
        return GrowthBookSettings.EarlierRule(
            seed: seed.flatMap { $0.isEmpty ? nil : $0 } ?? feature.text, settings: settings)
    }
}

extension GrowthBookRollout {
    /// Reads a rule with a value.
    init(_ reader: JSONReader) {
        var fields = reader.fields
        force = fields.optional("force")?.value ?? .null
        coverage = fields.optional("coverage")?.number
        range = fields.optional("range").map(GrowthBookRange.init)
        seed = fields.optional("seed")?.text
        hashVersion = GrowthBookHash.version(fields.optional("hashVersion"))
        hashAttribute = GrowthBookUser.hashAttribute(fields.optional("hashAttribute"))
        filters = fields.optional("filters")?.list(GrowthBookFilter.init) ?? []
        let conditions = [fields.optional("condition"), fields.optional("parentConditions")]
        isTargeted = conditions.contains { $0?.isEmpty == false }
        fields.noteUnread(GrowthBookExperiment.silentFields)
    }
}
