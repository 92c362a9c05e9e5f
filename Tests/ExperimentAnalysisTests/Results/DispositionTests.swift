import ExperimentDatabase
import Experimentation
import TestSupport
import Testing

@testable import ExperimentAnalysis

@Suite("What becomes of a row")
struct DispositionTests {
    private let folder = TemporaryFolder()

    /// The statement that made a view of a new file.
    private func text(of view: String) throws -> String {
        let connection = try DatabaseFile.openForWriting(
            DatabasePath(folder.file("\(view).db")), creating: true, permissions: 0o600, synchronous: .full)
        let text = try connection.value("SELECT sql FROM sqlite_schema WHERE name = '\(view)'") { $0.text(0) }
        return try #require(text)
    }

    @Test("the views know the enrollments by the numbers and words that the library has, and all of them")
    func enrollments() throws {
        let said = try text(of: "exposures").matches(of: /WHEN (\d) THEN '(\w+)'/)
        let left = try text(of: "attributed_outcome").matches(of: /best_enrollment = (\d) THEN '(\w+)'/)
        for match in said + left {
            #expect(Enrollment(code: try #require(Int64(match.1)))?.rawValue == String(match.2))
        }
        // The last one is what is left.
        #expect(said.count == Enrollment.allCases.count - 1)
        #expect(try text(of: "exposures").contains("ELSE '\(Enrollment.notRunning.rawValue)'"))
        #expect(left.count == Enrollment.allCases.count - 1)
        for enrollment in Enrollment.allCases { #expect(Enrollment(code: enrollment.code) == enrollment) }
        for code in [-1, 4, .min, .max] as [Int64] { #expect(Enrollment(code: code) == nil) }
    }

    @Test("the views know an outcome's reasons by the words that the library has, and all of them")
    func reasons() throws {
        let words = try text(of: "attributed_outcome").matches(of: /THEN '(\w+)'/).map { String($0.1) }
        #expect(Set(words) == Set(DiscardReason.allCases.map(\.rawValue)))
        #expect(Set(Disposition.allCases.compactMap(\.reason)) == Set(DiscardReason.allCases))
    }
}
