public import Experimentation

extension AssignmentAlgorithm {
    /// As GrowthBook; the phase's seed is the seed of its hash, its settings are
    /// ``ExperimentVendors/GrowthBookSettings``.
    public static let growthBook = AssignmentAlgorithm(rawValue: "growthbook")
    /// As Statsig; the phase's seed is the experiment's salt, its settings are ``ExperimentVendors/StatsigSettings``.
    public static let statsig = AssignmentAlgorithm(rawValue: "statsig")
    /// As PostHog; the phase's seed is the flag's key, its settings are ``ExperimentVendors/PostHogSettings``.
    public static let postHog = AssignmentAlgorithm(rawValue: "posthog")
    /// As Optimizely; the phase's seed is the experiment's id, its settings are
    /// ``ExperimentVendors/OptimizelySettings``.
    public static let optimizely = AssignmentAlgorithm(rawValue: "optimizely")
}

extension AssignmentAlgorithms {
    /// The default algorithm and those of GrowthBook, Statsig, PostHog and Optimizely.
    ///
    /// Give them to a store or a plugin as they open, and imported experiments assign as they did at the vendor.
    public static let vendors = AssignmentAlgorithms(
        [
            .growthBook: { (experiment, seed) throws(ExperimentError) in try growthBook(experiment, seed) },
            .statsig: { (experiment, seed) throws(ExperimentError) in try statsig(experiment, seed) },
            .postHog: { (experiment, seed) throws(ExperimentError) in try postHog(experiment, seed) },
            .optimizely: { (experiment, seed) throws(ExperimentError) in try optimizely(experiment, seed) },
        ],
        checkingNew: [
            .growthBook: { (new) throws(ExperimentError) in
                try VendorSettings.checkFields(GrowthBookSettings.init, of: new)
            },
            .statsig: { (new) throws(ExperimentError) in
                try VendorSettings.checkFields(StatsigSettings.init, of: new)
            },
            .postHog: { (new) throws(ExperimentError) in
                try VendorSettings.checkFields(PostHogSettings.init, of: new)
            },
            .optimizely: { (new) throws(ExperimentError) in
                try VendorSettings.checkFields(OptimizelySettings.init, of: new)
            },
        ])

    /// What the algorithm of an experiment says about its answers.
    /// - Parameters:
    ///   - experiment: The definition, whose algorithm is the default one or a vendor's.
    ///   - seed: The seed in force.
    /// - Returns: The explanation.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` for another algorithm, or settings that do not fit.
    public static func buckets(of experiment: Experiment, seed: String) throws(ExperimentError) -> any BucketExplaining
    {
        switch experiment.algorithm {
        case .growthBook: try growthBook(experiment, seed)
        case .statsig: try statsig(experiment, seed)
        case .postHog: try postHog(experiment, seed)
        case .optimizely: try optimizely(experiment, seed)
        case .fnv1a64Fmix64: DefaultBuckets(experiment: experiment, seed: seed)
        default: throw .invalid("algorithm", "must be the default one or a vendor's")
        }
    }

    private static func growthBook(
        _ experiment: Experiment, _ seed: String
    ) throws(ExperimentError) -> GrowthBookBucketing {
        let settings = try VendorSettings.read(GrowthBookSettings.init, of: experiment)
        try check(settings.ranges.count, "ranges", experiment)
        return GrowthBookBucketing(settings, seed: seed)
    }

    private static func statsig(_ experiment: Experiment, _ seed: String) throws(ExperimentError) -> StatsigBucketing {
        let settings = try VendorSettings.read(StatsigSettings.init, of: experiment)
        try check(settings.groups.count, "groups", experiment)
        return StatsigBucketing(settings, salt: seed)
    }

    private static func postHog(_ experiment: Experiment, _ seed: String) throws(ExperimentError) -> PostHogBucketing {
        let settings = try VendorSettings.read(PostHogSettings.init, of: experiment)
        try check(settings.variants.count, "variants", experiment)
        return PostHogBucketing(settings, key: seed)
    }

    private static func optimizely(
        _ experiment: Experiment, _ seed: String
    ) throws(ExperimentError) -> OptimizelyBucketing {
        OptimizelyBucketing(
            try VendorSettings.read(OptimizelySettings.init, of: experiment), experimentID: seed)
    }

    private static func check(_ count: Int, _ name: String, _ experiment: Experiment) throws(ExperimentError) {
        guard count == experiment.variants.count else {
            throw .invalid("settings", "must have as many \(name) as there are variants")
        }
    }
}
