import Experimentation

/// Good records made at the same time as every kind of bad one.
enum MixedRecords {
    /// The number of good records of each kind.
    static let good = BadInput.all.reduce(0) { $0 + $1.calls.count }

    /// Makes all the calls at once, a good exposure and a good outcome beside each bad call.
    /// - Returns: The errors of the good ones.
    static func record(on plugin: any ExperimentPlugin) async -> [String] {
        await withTaskGroup(of: String?.self) { group in
            for (number, bad) in BadInput.all.flatMap(\.calls).enumerated() {
                group.addTask { await error(.exposure("user\(number)"), plugin) }
                group.addTask {
                    _ = await error(bad, plugin)
                    return nil
                }
                group.addTask { await error(.outcome("user\(number)"), plugin) }
            }
            return await group.reduce(into: []) { errors, error in
                if let error { errors.append(error) }
            }
        }
    }

    private static func error(_ call: Call, _ plugin: any ExperimentPlugin) async -> String? {
        do throws(ExperimentError) {
            try await call.make(on: plugin)
            return nil
        } catch {
            return "\(error)"
        }
    }
}
