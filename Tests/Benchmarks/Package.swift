// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that what only benchmarks need is never fetched by users of the library.
let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "experiments", path: "../.."),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .systemLibrary(name: "BenchmarkSQLite", pkgConfig: "sqlite3"),
        .target(name: "RawSQLite", dependencies: ["BenchmarkSQLite"]),
        .target(name: "AllocationCounter"),
        .executableTarget(
            name: "AssignBenchmark",
            dependencies: [
                "AllocationCounter",
                .product(name: "Experimentation", package: "experiments"),
                .product(name: "ExperimentDefinitions", package: "experiments"),
                .product(name: "ExperimentStorage", package: "experiments"),
                .product(name: "ExperimentVendors", package: "experiments"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .executableTarget(
            name: "RecordingBenchmark",
            dependencies: [
                "RawSQLite",
                .product(name: "Experimentation", package: "experiments"),
                .product(name: "ExperimentDefinitions", package: "experiments"),
                .product(name: "ExperimentStorage", package: "experiments"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .executableTarget(
            name: "MemoryBenchmark",
            dependencies: [
                .product(name: "Experimentation", package: "experiments"),
                .product(name: "ExperimentDefinitions", package: "experiments"),
                .product(name: "ExperimentStorage", package: "experiments"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .executableTarget(
            name: "StatisticsBenchmark",
            dependencies: [.product(name: "ExperimentStatistics", package: "experiments")]
        ),
        .executableTarget(
            name: "ReportBenchmark",
            dependencies: [
                "RawSQLite",
                .product(name: "Experimentation", package: "experiments"),
                .product(name: "ExperimentDefinitions", package: "experiments"),
                .product(name: "ExperimentStorage", package: "experiments"),
                .product(name: "ExperimentAnalysis", package: "experiments"),
                .product(name: "ExperimentReporting", package: "experiments"),
            ]
        ),
        .executableTarget(
            name: "RenderingBenchmark",
            dependencies: [
                .product(name: "Experimentation", package: "experiments"),
                .product(name: "ExperimentDefinitions", package: "experiments"),
                .product(name: "ExperimentStorage", package: "experiments"),
                .product(name: "ExperimentAnalysis", package: "experiments"),
                .product(name: "ExperimentReporting", package: "experiments"),
            ]
        ),
        .executableTarget(
            name: "CalibrationSimulation",
            dependencies: [.product(name: "ExperimentStatistics", package: "experiments")]
        ),
        .executableTarget(
            name: "DurabilityWriter",
            dependencies: [
                .product(name: "Experimentation", package: "experiments"),
                .product(name: "ExperimentDefinitions", package: "experiments"),
                .product(name: "ExperimentStorage", package: "experiments"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
