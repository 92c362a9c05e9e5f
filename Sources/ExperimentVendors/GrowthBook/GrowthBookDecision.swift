public import Experimentation

/// The answer of GrowthBook's SDK for a user and an experiment.
public struct GrowthBookDecision: Sendable, Hashable {
    /// The variation's position; nil outside the experiment.
    public var variationIndex: Int?
    /// The variation's key; nil outside the experiment.
    public var variationKey: VendorName?
    /// Whether the hash chose it, now or when a sticky assignment was made.
    public var isHashUsed = false
    /// The unit's point; nil unless the hash was used.
    public var bucket: Double?
    /// Whether a sticky assignment decided, also by shutting out.
    public var isStickyBucketUsed = false
    /// The sticky assignments afterwards; nil where sticky bucketing is off.
    public var stickyBuckets: [GrowthBookStickyBuckets]?

    /// Whether the user takes part.
    public var isInExperiment: Bool { variationIndex != nil }
}

/// The user whom GrowthBook is asked about, and what its SDK was told about them.
public struct GrowthBookUser: Sendable, Hashable {
    /// The attributes, by name.
    public var attributes: [String: VendorValue]
    /// Variations forced by the caller: positions by experiment key.
    public var forcedVariations: [VendorName: Int]
    /// Whether only forced variations are wanted.
    public var isQA: Bool
    /// The assignments of before; nil where sticky bucketing is off.
    public var stickyBuckets: [GrowthBookStickyBuckets]?

    /// Creates a user.
    /// - Parameters:
    ///   - attributes: The attributes, by name.
    ///   - forcedVariations: Variations forced by the caller.
    ///   - isQA: Whether only forced variations are wanted.
    ///   - stickyBuckets: What was assigned before; nil where sticky bucketing is off.
    public init(
        attributes: [String: VendorValue], forcedVariations: [VendorName: Int] = [:], isQA: Bool = false,
        stickyBuckets: [GrowthBookStickyBuckets]? = nil
    ) {
        self.attributes = attributes
        self.forcedVariations = forcedVariations
        self.isQA = isQA
        self.stickyBuckets = stickyBuckets
    }

    /// The text that is hashed for an attribute.
    /// - Parameter attribute: The attribute's name.
    /// - Returns: Nil where GrowthBook takes the attribute as missing: absent, null, empty, zero, or no text or number.
    public func text(of attribute: String) -> String? {
        switch attributes[attribute] {
        case .string(let text) where !text.isEmpty: text
        case .number(let number) where number != 0: JavaScriptNumber.text(number)
        default: nil
        }
    }
}

/// The assignments of one value of one attribute.
public struct GrowthBookStickyBuckets: Sendable, Hashable, Codable {
    /// The attribute's name.
    public let attributeName: VendorName
    /// The attribute's text.
    public let attributeValue: VendorName
    /// Variation keys by experiment key, two underscores and bucket version.
    public var assignments: [String: VendorName]

    /// Creates a document.
    /// - Parameters:
    ///   - attributeName: The attribute's name.
    ///   - attributeValue: The attribute's text.
    ///   - assignments: Variation keys by experiment key, two underscores and bucket version.
    public init(attributeName: VendorName, attributeValue: VendorName, assignments: [String: VendorName]) {
        self.attributeName = attributeName
        self.attributeValue = attributeValue
        self.assignments = assignments
    }
}

extension GrowthBookExperiment {
    /// Decides as GrowthBook's SDK does, in its order of checks.
    ///
    /// Conditions on attributes, pages and prerequisites are taken as met: they are what the caller knows.
    /// - Parameters:
    ///   - user: Whom it is about.
    ///   - encoding: What the SDKs of the team hash.
    /// - Returns: The decision.
    public func decide(for user: GrowthBookUser, encoding: TextEncoding = .utf16) -> GrowthBookDecision {
        let out = GrowthBookDecision(stickyBuckets: user.stickyBuckets)
        guard variations.count >= 2 else { return out }
        if let index = user.forcedVariations[key] {
            return assigned(index, out)
        }
        guard status != "draft", active != false, let unit = unit(of: user) else { return out }
        let sticky = stickyVariation(unit, user)
        if sticky == nil, !filters.allSatisfy({ $0.admits(user, encoding) }) { return out }
        let bucketing = GrowthBookBucketing(unfiltered(encoding), seed: hashSeed)
        guard let point = bucketing.point(of: unit.value.text) else { return out }
        if case .blocked = sticky {
            var out = out
            out.isStickyBucketUsed = true
            return out
        }
        var index = bucketing.index(of: unit.value.text)
        if case .found(let found) = sticky { index = found }
        guard let index else { return out }
        if let force { return assigned(force, out) }
        guard !user.isQA, status != "stopped" else { return out }
        var decision = assigned(index, out)
        decision.isHashUsed = true
        decision.bucket = point
        decision.isStickyBucketUsed = sticky != nil
        if !isStickyBucketingDisabled { decision.keepSticky(unit, stickyKey(bucketVersion), variationKey(index)) }
        return decision
    }

    /// The settings without the filters, which a decision checks at its own moment and on attributes of their own.
    private func unfiltered(_ encoding: TextEncoding) -> GrowthBookSettings {
        var settings = settings(encoding)
        settings.filters = []
        return settings
    }

    private func assigned(_ index: Int, _ out: GrowthBookDecision) -> GrowthBookDecision {
        guard variations.indices.contains(index) else { return out }
        var decision = out
        decision.variationIndex = index
        decision.variationKey = variationKey(index)
        return decision
    }

    /// The attribute that is hashed, and its text.
    private func unit(of user: GrowthBookUser) -> (name: VendorName, value: VendorName)? {
        if let value = user.text(of: hashAttribute) { return (VendorName(hashAttribute), VendorName(value)) }
        guard user.stickyBuckets != nil, !isStickyBucketingDisabled, let fallbackAttribute else { return nil }
        return user.text(of: fallbackAttribute).map { (VendorName(fallbackAttribute), VendorName($0)) }
    }

    /// The answer of an earlier assignment: a variation's place, or that the unit is shut out.
    private enum Sticky {
        case found(Int)
        case blocked
    }

    private func stickyKey(_ version: Int) -> VendorName { "\(key)__\(version)" }

    /// Whether an assignment was kept under a version of this experiment that is shut out.
    private func isTooOld(_ key: VendorName) -> Bool {
        let versions = key.text.utf8.dropFirst(self.key.text.utf8.count + 2)
        guard let version = Int(String(decoding: versions, as: UTF8.self)), 0 <= version else { return false }
        return version < minBucketVersion && key == stickyKey(version)
    }

    private func stickyVariation(_ unit: (name: VendorName, value: VendorName), _ user: GrowthBookUser) -> Sticky? {
        guard let documents = user.stickyBuckets, !isStickyBucketingDisabled else { return nil }
        let names = [hashAttribute, fallbackAttribute].compactMap { $0 }
        let assignments = names.compactMap { name in
            user.text(of: name).flatMap { value in documents.first { $0.isOf(VendorName(name), VendorName(value)) } }?
                .assignments
        }
        func variation(_ version: Int) -> VendorName? {
            assignments.lazy.compactMap { $0[stickyKey(version).text] }.first
        }
        if assignments.contains(where: { $0.keys.contains { isTooOld(VendorName($0)) } }) { return .blocked }
        guard let stored = variation(bucketVersion) else { return nil }
        return meta.firstIndex { $0.key == stored }.map { .found($0) }
    }
}

extension GrowthBookFilter {
    /// Whether a user passes.
    func admits(_ user: GrowthBookUser, _ encoding: TextEncoding) -> Bool {
        guard let value = user.text(of: attribute ?? "id") else { return false }
        let hash = GrowthBookHash(seed: seed, version: hashVersion, encoding: encoding)
        guard let point = hash.point(of: value) else { return false }
        return ranges.contains { $0.contains(point) }
    }
}

extension GrowthBookStickyBuckets {
    /// Whether the document is about one value of one attribute.
    func isOf(_ name: VendorName, _ value: VendorName) -> Bool {
        attributeName == name && attributeValue == value
    }
}

extension GrowthBookDecision {
    /// Writes an assignment where the next decision will find it.
    mutating func keepSticky(_ unit: (name: VendorName, value: VendorName), _ key: VendorName, _ variation: VendorName)
    {
        guard var documents = stickyBuckets else { return }
        if let index = documents.firstIndex(where: { $0.isOf(unit.name, unit.value) }) {
            documents[index].assignments[key.text] = variation
        } else {
            documents.append(
                GrowthBookStickyBuckets(
                    attributeName: unit.name, attributeValue: unit.value, assignments: [key.text: variation]))
        }
        stickyBuckets = documents
    }
}
