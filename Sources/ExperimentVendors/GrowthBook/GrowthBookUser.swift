public import Experimentation

/// Whom GrowthBook is asked about, and what its SDK was told about them.
public struct GrowthBookUser: Sendable, Hashable {
    /// The attributes, by name.
    public var attributes: [String: VendorValue]
    /// Variations forced by the caller: positions by experiment key.
    public var forcedVariations: [VendorName: Int]
    /// Whether only forced variations are wanted.
    public var isQA: Bool
    /// What was assigned before; nil where sticky bucketing is off.
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
