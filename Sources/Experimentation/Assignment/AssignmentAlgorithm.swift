/// A named way to turn a unit's id into a variant.
///
/// The name is stored with the phase that uses it. An algorithm never changes under its name.
public enum AssignmentAlgorithm: String, Sendable, Hashable, CaseIterable, Codable {
    /// FNV-1a, 64 bits, finished with murmur3's mixer; see ``DefaultHash``.
    case fnv1a64Fmix64 = "fnv1a64-fmix64"
}
