public import Experimentation

extension AssignmentAlgorithm {
    /// As GrowthBook; the phase's seed is the seed of its hash, its settings are ``GrowthBookSettings``.
    public static let growthBook = AssignmentAlgorithm(rawValue: "growthbook")
    /// As Statsig; the phase's seed is the experiment's salt, its settings are ``StatsigSettings``.
    public static let statsig = AssignmentAlgorithm(rawValue: "statsig")
    /// As PostHog; the phase's seed is the flag's key, its settings are ``PostHogSettings``.
    public static let postHog = AssignmentAlgorithm(rawValue: "posthog")
    /// As Optimizely; the phase's seed is the experiment's id, its settings are ``OptimizelySettings``.
    public static let optimizely = AssignmentAlgorithm(rawValue: "optimizely")
}

extension AssignmentAlgorithms {
    /// The default algorithm and those of GrowthBook, Statsig, PostHog and Optimizely.
    ///
    /// Give them to a store or a plugin as they open, and imported experiments assign as they did at the vendor.
    public static let vendors = AssignmentAlgorithms([
        .growthBook: { (experiment, seed) throws(ExperimentError) in
            let settings = try VendorSettings.decode(GrowthBookSettings.self, of: experiment)
            try check(settings.ranges.count, "ranges", experiment)
            return GrowthBookBucketing(settings, seed: seed)
        },
        .statsig: { (experiment, seed) throws(ExperimentError) in
            let settings = try VendorSettings.decode(StatsigSettings.self, of: experiment)
            try check(settings.groups.count, "groups", experiment)
            return StatsigBucketing(settings, salt: seed)
        },
        .postHog: { (experiment, seed) throws(ExperimentError) in
            let settings = try VendorSettings.decode(PostHogSettings.self, of: experiment)
            try check(settings.variants.count, "variants", experiment)
            return PostHogBucketing(settings, key: seed)
        },
        .optimizely: { (experiment, seed) throws(ExperimentError) in
            let settings = try VendorSettings.decode(OptimizelySettings.self, of: experiment)
            return OptimizelyBucketing(settings, experimentID: seed)
        },
    ])

    private static func check(_ count: Int, _ name: String, _ experiment: Experiment) throws(ExperimentError) {
        guard count == experiment.variants.count else {
            throw .invalid("settings", "must have as many \(name) as there are variants")
        }
    }
}
