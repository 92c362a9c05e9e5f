/// Optimizely's hash: an id and an entity in, a bucket of 0…9999 out.
///
/// MurmurHash3 with seed 1 over the id and then the entity's id, scaled from 2³² to 10000 and rounded down.
///
/// Source: Optimizely's SDKs, `bucketer`.
public enum OptimizelyHash {
    /// The hash itself; no allocation.
    /// - Parameters:
    ///   - bucketingID: The unit's bucketing id: the user's id unless the attribute `$opt_bucketing_id` says otherwise.
    ///   - entityID: The id, never the key, of an experiment, rule, holdout or group.
    ///   - encoding: `utf8`, or `utf16LowByte` for the JavaScript SDK up to 4.x, which differs on ids not in ASCII.
    /// - Returns: 32 bits.
    public static func hash(_ bucketingID: String, _ entityID: String, encoding: TextEncoding = .utf8) -> UInt32 {
        var hash = state(after: bucketingID, encoding)
        hash.combine(entityID, as: encoding)
        return hash.value
    }

    /// The state after a bucketing id, at which the hashes of all entities begin.
    static func state(after bucketingID: String, _ encoding: TextEncoding) -> MurmurHash3 {
        var hash = MurmurHash3(seed: 1)
        hash.combine(bucketingID, as: encoding)
        return hash
    }

    /// The bucket; no allocation.
    /// - Parameters:
    ///   - bucketingID: The unit's bucketing id.
    ///   - entityID: The id of an experiment, rule, holdout or group.
    ///   - encoding: What of a text is one byte.
    /// - Returns: A bucket of 0…9999.
    public static func bucket(_ bucketingID: String, _ entityID: String, encoding: TextEncoding = .utf8) -> Int {
        bucket(entityID, after: state(after: bucketingID, encoding), encoding)
    }

    /// The bucket by a state after a bucketing id.
    static func bucket(_ entityID: String, after state: MurmurHash3, _ encoding: TextEncoding) -> Int {
        var hash = state
        hash.combine(entityID, as: encoding)
        return Int((UInt64(hash.value) * 10_000) >> 32)
    }
}
