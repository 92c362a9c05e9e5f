import Foundation
import TestSupport

/// Files of values computed elsewhere: a 60-digit reference, SciPy, statsmodels and others.
///
/// Read with JSONDecoder alone: on Linux, JSONSerialization misreads doubles of 17 digits.
enum Golden {
    static func load<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
        let path = Checkout.file("Tests/ExperimentStatisticsTests/Fixtures/\(name).json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode(type, from: Data(contentsOf: URL(filePath: path)))
    }
}
