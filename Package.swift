// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "experiments",
    // `Mutex` and typed throws of closures need these; Linux has no versions to name.
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Experimentation", targets: ["Experimentation"]),
        .library(name: "ExperimentStatistics", targets: ["ExperimentStatistics"]),
        .library(name: "ExperimentDefinitions", targets: ["ExperimentDefinitions"]),
        .library(name: "ExperimentStorage", targets: ["ExperimentStorage"]),
        .library(name: "ExperimentDefinitionsFile", targets: ["ExperimentDefinitionsFile"]),
        .library(name: "ExperimentLifecycle", targets: ["ExperimentLifecycle"]),
        .library(name: "ExperimentTracing", targets: ["ExperimentTracing"]),
        .library(name: "ExperimentOpenFeature", targets: ["ExperimentOpenFeature"]),
        .library(name: "ExperimentAnalysis", targets: ["ExperimentAnalysis"]),
        .library(name: "ExperimentReporting", targets: ["ExperimentReporting"]),
        .library(name: "ExperimentVendors", targets: ["ExperimentVendors"]),
        .library(name: "ExperimentationTesting", targets: ["ExperimentationTesting"]),
        .library(name: "ExperimentForwarding", targets: ["ExperimentForwarding"]),
        .executable(name: "experiments", targets: ["experiments"]),
        .executable(name: "experiments-forward", targets: ["experiments-forward"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Files, paths and errno, on every platform by the same names.
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        // SHA-1 and SHA-256 for ExperimentVendors: Statsig and PostHog assign by them.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        // For ExperimentLifecycle and ExperimentForwarding alone.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        // For ExperimentTracing alone.
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        // For ExperimentForwarding alone, whatever else is built leaves them out: HTTP with TLS.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    ],
    targets: [
        // Level 0: words, numbers, the system, and the C modules.
        .target(name: "ExperimentJSON"),
        .target(name: "Experimentation", dependencies: ["ExperimentJSON"]),
        .target(name: "ExperimentPlatform", dependencies: [.product(name: "SystemPackage", package: "swift-system")]),
        .target(name: "ExperimentStatistics", dependencies: ["ExperimentPlatform"]),
        .systemLibrary(
            name: "CExperimentSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        .target(name: "CExperimentMigrations"),
        .systemLibrary(
            name: "CExperimentZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

        // Level 1: the file; and what other plugins can use.
        .target(
            name: "ExperimentDatabase",
            dependencies: [
                "Experimentation", "ExperimentPlatform", "CExperimentSQLite", "CExperimentMigrations",
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .target(name: "ExperimentationTesting", dependencies: ["Experimentation"]),
        .target(
            name: "ExperimentVendors",
            dependencies: ["Experimentation", "ExperimentJSON", .product(name: "Crypto", package: "swift-crypto")]
        ),

        // Level 1: answers where servers are watched, and by the names of OpenFeature; over any plugin.
        .target(
            name: "ExperimentTracing",
            dependencies: [
                "Experimentation", .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
        .target(name: "ExperimentOpenFeature", dependencies: ["Experimentation"]),

        // Level 2: the definitions in the file, for whoever writes or reads it.
        .target(
            name: "ExperimentDefinitions", dependencies: ["Experimentation", "ExperimentDatabase", "ExperimentJSON"]),

        // Level 3: writing and reading. They don't know each other.
        .target(
            name: "ExperimentStorage",
            dependencies: [
                "Experimentation", "ExperimentDatabase", "ExperimentDefinitions", "ExperimentJSON",
                "ExperimentPlatform",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .target(
            name: "ExperimentAnalysis",
            dependencies: [
                "Experimentation", "ExperimentDatabase", "ExperimentDefinitions", "ExperimentJSON",
                "ExperimentStatistics",
            ]
        ),

        // Level 3: definitions as people write them. Its TOML parser is in the graph of nobody who does not import it.
        .target(
            name: "ExperimentDefinitionsFile",
            dependencies: [
                "Experimentation", "ExperimentDefinitions", "ExperimentJSON",
                .product(name: "TOMLKit", package: "TOMLKit"),
            ]
        ),

        // Level 3: the store in a server's service group. Nobody else's graph has what it depends on.
        .target(
            name: "ExperimentLifecycle",
            dependencies: [
                "Experimentation", "ExperimentStorage",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Configuration", package: "swift-configuration"),
            ]
        ),

        // Level 4: results as documents.
        .target(
            name: "ExperimentReporting",
            dependencies: [
                "Experimentation", "ExperimentDefinitions", "ExperimentAnalysis", "ExperimentJSON",
                "ExperimentStatistics",
            ]
        ),

        // Level 4: what is recorded, sent elsewhere. Its HTTP client is in nothing else's graph.
        .target(
            name: "ExperimentForwarding",
            dependencies: [
                "Experimentation", "ExperimentDatabase", "ExperimentDefinitions", "ExperimentJSON", "ExperimentStorage",
                "ExperimentVendors", "CExperimentZlib",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),

        // Level 5: the tools.
        .executableTarget(
            name: "experiments",
            dependencies: [
                "Experimentation", "ExperimentDefinitions", "ExperimentDefinitionsFile", "ExperimentStorage",
                "ExperimentAnalysis", "ExperimentJSON", "ExperimentPlatform", "ExperimentStatistics",
                "ExperimentReporting", "ExperimentVendors", "CExperimentZlib",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),

        .executableTarget(
            name: "experiments-forward",
            dependencies: [
                "Experimentation", "ExperimentForwarding", "ExperimentJSON", "ExperimentVendors",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "TOMLKit", package: "TOMLKit"),
            ]
        ),

        .target(
            name: "TestSupport",
            dependencies: [
                "Experimentation", "ExperimentPlatform", .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/TestSupport"
        ),
        // Apart from TestSupport, so that the tests of the lower levels need none of the higher.
        .target(
            name: "StoreTestSupport",
            dependencies: [
                "Experimentation", "ExperimentDefinitions", "ExperimentStorage", "ExperimentAnalysis",
                "ExperimentDatabase", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/StoreTestSupport"
        ),
        // Experiments in the files of vendors, for the tests of their assignment and of forwarding.
        .target(
            name: "VendorTestSupport", dependencies: ["Experimentation", "ExperimentVendors"],
            path: "Tests/VendorTestSupport"
        ),
        // A process of its own for storage tests: one that creates beside others, crashes, or meets a full disk.
        .executableTarget(
            name: "StoreProcess",
            dependencies: [
                "Experimentation", "ExperimentDefinitions", "ExperimentPlatform", "ExperimentStorage", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/StoreProcess"
        ),
        .testTarget(name: "ExperimentJSONTests", dependencies: ["ExperimentJSON", "TestSupport"]),
        .testTarget(
            name: "ExperimentationTests",
            dependencies: ["Experimentation", "ExperimentationTesting", "TestSupport"],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "ExperimentStatisticsTests",
            dependencies: ["ExperimentPlatform", "ExperimentStatistics", "TestSupport"],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "ExperimentVendorsTests",
            dependencies: [
                "Experimentation", "ExperimentVendors", "ExperimentationTesting", "TestSupport", "VendorTestSupport",
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "ExperimentDatabaseTests",
            dependencies: [
                "ExperimentDatabase", "ExperimentPlatform", "TestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ], exclude: ["Fixtures"]
        ),
        // An HTTP server that does as it is told, for the tests of forwarding and its benchmark.
        .target(
            name: "EndpointServer",
            dependencies: [
                "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Tests/EndpointServer"
        ),
        .executableTarget(
            name: "ForwardingBenchmark",
            dependencies: [
                "Experimentation", "ExperimentForwarding", "ExperimentStorage", "ExperimentVendors", "EndpointServer",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/ForwardingBenchmark"
        ),
        .testTarget(
            name: "ExperimentForwardingTests",
            dependencies: [
                "Experimentation", "ExperimentDatabase", "ExperimentDefinitions", "ExperimentForwarding",
                "ExperimentJSON",
                "ExperimentStorage", "ExperimentVendors", "ExperimentationTesting", "CExperimentZlib",
                "StoreTestSupport",
                "TestSupport", "VendorTestSupport", "EndpointServer", "experiments-forward",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "ExperimentStorageTests",
            dependencies: [
                "Experimentation", "ExperimentDefinitions", "ExperimentStorage", "ExperimentDatabase",
                "ExperimentationTesting", "TestSupport",
                "StoreTestSupport", "StoreProcess",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ]
        ),
        .testTarget(
            name: "ExperimentLifecycleTests",
            dependencies: [
                "Experimentation", "ExperimentStorage", "ExperimentLifecycle", "ExperimentDefinitions",
                "ExperimentDefinitionsFile", "TestSupport", "StoreTestSupport",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "ExperimentTracingTests",
            dependencies: [
                "Experimentation", "ExperimentTracing", "TestSupport",
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
        .testTarget(
            name: "ExperimentOpenFeatureTests",
            dependencies: ["Experimentation", "ExperimentOpenFeature", "TestSupport"]
        ),
        .testTarget(
            name: "ExperimentAnalysisTests",
            dependencies: [
                "Experimentation", "ExperimentDefinitions", "ExperimentStorage", "ExperimentAnalysis",
                "ExperimentReporting",
                "ExperimentStatistics", "ExperimentDatabase", "TestSupport", "StoreTestSupport",
            ]
        ),
        .testTarget(
            name: "ExperimentReportingTests",
            dependencies: [
                "ExperimentReporting", "ExperimentAnalysis", "ExperimentStatistics", "Experimentation",
                "ExperimentDefinitions",
                "ExperimentStorage", "TestSupport", "StoreTestSupport",
            ]
        ),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "experiments", "Experimentation", "ExperimentDefinitions", "ExperimentStorage", "ExperimentVendors",
                "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Fixtures"]
        ),
    ],
    swiftLanguageModes: [.v6],
    // `#embed` of the migration scripts is C23.
    cLanguageStandard: .c2x
)

/// What every Swift target is compiled with.
let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    // Swift Evolution SE-0335: an existential says `any`.
    .enableUpcomingFeature("ExistentialAny"),
    // SE-0409: an import is private to its file unless it says otherwise.
    .enableUpcomingFeature("InternalImportsByDefault"),
    // SE-0444: a member is visible only where its module is imported.
    .enableUpcomingFeature("MemberImportVisibility"),
    // SE-0461: an async function runs where its caller runs.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
for target in package.targets where target.type != .system && target.name != "CExperimentMigrations" {
    target.swiftSettings = settings
}
