import Experimentation
import Foundation
import TestSupport
import Testing

@Suite("Times")
struct TimestampTests {
    private func microseconds(_ date: Date) -> Int64 {
        OutcomeRecord(experiment: nil, metric: "m", value: .bool(true), userID: "u", timestamp: date)
            .timestampMicroseconds
    }

    @Test("a date becomes the nearest microsecond")
    func nearest() {
        let reference: Int64 = 978_307_200_000_000
        // Sums of powers of two, which a double holds exactly, so that the right answer is known.
        let cases: [(Double, Int64)] = [
            (0, 0), (0.5, 500_000), (0x1p-20, 1), (0x1p-21, 0), (0x1.8p-20, 1), (0x1.1p-19, 2), (-0x1p-20, -1),
            (-0x1p-22, 0), (-0.25, -250_000), (86_400.125, 86_400_125_000), (-978_307_200, -reference),
            (789_000_000 + 0x1p-23, 789_000_000_000_000), (789_000_000 + 0x1p-20, 789_000_000_000_001),
        ]
        for (seconds, expected) in cases {
            #expect(microseconds(Date(timeIntervalSinceReferenceDate: seconds)) == reference + expected, "\(seconds)")
        }
    }

    @Test("microseconds of our time survive the way through a date and back", arguments: 0..<4)
    func roundTrip(_ seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        for _ in 0..<20_000 {
            // 1970 to 2120.
            let time = Int64.random(in: 0..<4_733_510_400_000_000, using: &random)
            #expect(microseconds(Date(microsecondsSince1970: time)) == time)
            #expect(microseconds(Date(timeIntervalSince1970: Double(time) / 1e6)) == time)
        }
    }

    @Test("a date no clock can show is refused, not a crash")
    func impossible() {
        let dates = [
            Date(timeIntervalSince1970: .infinity), Date(timeIntervalSince1970: -.infinity),
            Date(timeIntervalSince1970: .nan), Date(timeIntervalSince1970: 1e300), .distantPast,
            Date(timeIntervalSince1970: -1e300), Date(timeIntervalSince1970: 9.3e12), .init(timeIntervalSince1970: -1),
            Date(timeIntervalSince1970: 9_223_372_036_854.0), Date(timeIntervalSince1970: -9_223_372_036_855.0),
            Date(timeIntervalSince1970: 253_402_300_800), Date(timeIntervalSince1970: -0.000_001),
        ]
        for date in dates {
            let outcome = OutcomeRecord(experiment: nil, metric: "m", value: .bool(true), userID: "u", timestamp: date)
            #expect(throws: ExperimentError.self) { try outcome.validated() }
            var exposure = ExposureRecord(
                of: Variant(experiment: "e", variantID: "v", isControl: true), to: ExperimentContext(userID: "u"),
                at: date)
            #expect(throws: ExperimentError.self) { try exposure.validated() }
            exposure.timestamp = .now
            #expect(throws: Never.self) { try exposure.validated() }
            // Reading it back is harmless too.
            _ = outcome.timestamp
        }
    }

    @Test("the first and the last legal moment")
    func edges() throws {
        for time: Int64 in [0, 253_402_300_799_999_999] {
            let outcome = OutcomeRecord(
                experiment: nil, metric: "m", value: .bool(true), userID: "u", timestampMicroseconds: time)
            #expect(try outcome.validated().timestampMicroseconds == time)
        }
        // As far as a date can say it.
        #expect(microseconds(Date(microsecondsSince1970: 253_402_300_799_999_999)) == 253_402_300_799_999_969)
        #expect(microseconds(Date(microsecondsSince1970: 253_402_300_800_000_000)) == 253_402_300_800_000_000)
        #expect(microseconds(.distantFuture) == 64_092_211_200_000_000)
        // The last whole second of the year 9999.
        #expect(microseconds(Date(timeIntervalSince1970: 253_402_300_799)) == 253_402_300_799_000_000)
    }
}
