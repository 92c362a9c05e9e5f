/// The name of a way to turn a unit's id into a variant.
///
/// The name is stored with the phase that uses it. An algorithm never changes under its name; ``AssignmentAlgorithms``
/// holds those a program knows.
public struct AssignmentAlgorithm: RawRepresentable, Sendable, Hashable, Codable {
    /// The name as the file holds it.
    public let rawValue: String

    /// Creates a name.
    /// - Parameter rawValue: The name as the file holds it.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// FNV-1a, 64 bits, finished with murmur3's mixer; see ``DefaultHash``.
    public static let fnv1a64Fmix64 = AssignmentAlgorithm(rawValue: "fnv1a64-fmix64")
}
