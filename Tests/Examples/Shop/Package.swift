// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that nobody who uses the library fetches a web server.
let package = Package(
    name: "shop",
    dependencies: [
        .package(name: "experiments", path: "../../.."),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .executableTarget(
            name: "Shop",
            dependencies: [
                .product(name: "Experimentation", package: "experiments"),
                .product(name: "ExperimentStorage", package: "experiments"),
                .product(name: "ExperimentDefinitionsFile", package: "experiments"),
                .product(name: "ExperimentLifecycle", package: "experiments"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        )
    ],
    swiftLanguageModes: [.v6]
)
