extension PostHogFlag: Decodable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case key, active, filters, deleted
        case isContinuous = "ensure_experience_continuity"
        case bucketing = "bucketing_identifier"
    }

    private enum FilterKeys: String, CodingKey, CaseIterable {
        case groups, multivariate, holdout
        case groupTypeIndex = "aggregation_group_type_index"
        case isExitingEarly = "early_exit"
        case bucketing = "bucketing_identifier"
    }

    /// Fields that say nothing about who gets what.
    private static let silentFields = [
        "id", "name", "version", "team_id", "has_encrypted_payloads", "evaluation_runtime",
        "evaluation_tags", "is_simple_flag", "rollout_percentage", "tags", "created_at", "updated_at", "created_by",
        "experiment_set", "features", "payloads",
    ]

    private struct Multivariate: Decodable {
        let variants: [PostHogVariant]
    }

    /// Reads a flag, or every problem with it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        key = try container.decode(String.self, forKey: .key)
        let isDeleted = try container.decodeIfPresent(Bool.self, forKey: .deleted) ?? false
        isActive = try container.decode(Bool.self, forKey: .active) && !isDeleted
        isContinuous = try container.decodeIfPresent(Bool.self, forKey: .isContinuous) ?? false
        let filters = try container.nestedContainer(keyedBy: FilterKeys.self, forKey: .filters)
        let bucketing = try container.decodeIfPresent(String.self, forKey: .bucketing)
        let inner = try filters.decodeIfPresent(String.self, forKey: .bucketing)
        countsDevices = bucketing == "device_id" || inner == "device_id"
        for name in [bucketing, inner].compactMap({ $0 }) where !["distinct_id", "device_id"].contains(name) {
            throw container.problem(.bucketing, "must be distinct_id or device_id")
        }
        groupTypeIndex = try filters.decodeIfPresent(Int.self, forKey: .groupTypeIndex)
        conditions = try filters.decodeAllIfPresent(PostHogCondition.self, forKey: .groups) ?? []
        variants = try filters.decodeIfPresent(Multivariate.self, forKey: .multivariate)?.variants ?? []
        holdout = try filters.decodeIfPresent(PostHogHoldout.self, forKey: .holdout)
        isExitingEarly = try filters.decodeIfPresent(Bool.self, forKey: .isExitingEarly) ?? false
        let unknown = try container.superDecoder(forKey: .filters).unknownFields(FilterKeys.self, Self.silentFields)
        unknownFields = try decoder.unknownFields(CodingKeys.self, Self.silentFields) + unknown.map { "filters." + $0 }
    }
}
