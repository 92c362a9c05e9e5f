import ExperimentAnalysis
import ExperimentStatistics
import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("Segments")
struct SegmentTests {
    private let attribute: AttributeName = "pla\"n $.x"

    /// Users with an attribute of some values, and outcomes in two metrics; `only` leaves all others out.
    private func shop(only: AttributeValue? = nil, values: [AttributeValue?], users: Int = 400) async throws
        -> TestStore
    {
        let shop = try await TestStore(.quiet(.processCrash))
        var generator = SplitMix(seed: 11)
        for user in 0..<users {
            let value = values[generator.below(values.count)]
            let variant = generator.chance(0.5) ? "control" : "treatment"
            let revenue = Double(generator.below(900)) / 7
            let clicks = generator.below(4)
            guard only == nil || value == only else { continue }
            let exposure = ExposureRecord(
                experiment: "button", variantID: variant, userID: "u\(user)", timestampMicroseconds: Shop.start,
                attributes: value.map { [attribute.text: $0.text, "other": "x"] } ?? [:])
            try await shop.store.recordExposure(exposure)
            // A later exposure does not change the segment.
            try await shop.store.recordExposure(
                ExposureRecord(
                    experiment: "button", variantID: variant, userID: "u\(user)",
                    timestampMicroseconds: Shop.start + 5, attributes: [attribute.text: "later"]))
            if clicks > 0 {
                try await shop.store.recordOutcome(Shop.outcome("u\(user)", .numeric(revenue), second: 1))
                try await shop.store.recordOutcome(
                    Shop.outcome("u\(user)", .count(Int64(clicks)), second: 1, metric: "clicks"))
            }
        }
        return shop
    }

    @Test("a segment is what the experiment would show had only its units come")
    func alone() async throws {
        let values: [AttributeValue?] = ["pro", "é", "e\u{301}", nil]
        let segments = try await shop(values: values).result { $0.segmentAttribute = attribute }.segments
        #expect(segments.count == 4)
        for case let value? in values {
            let alone = try await shop(only: value, values: values).result()
            let segment = try #require(segments.first { $0.value == .value(value) })
            #expect(segment.variants.map(\.units) == alone.variants.map(\.units))
            #expect(segment.sampleRatio == alone.sampleRatio)
            #expect(segment.metrics.map(\.metric) == alone.metrics.map(\.metric))
            for (own, whole) in zip(segment.metrics, alone.metrics) {
                #expect(own.variants.map(\.sum) == whole.variants.map(\.sum))
                #expect(own.comparisons[0].inference == whole.comparisons[0].inference)
                #expect(own.comparisons[0].alwaysValid == whole.comparisons[0].alwaysValid)
            }
        }
        #expect(segments.contains { $0.value == .missing })
    }

    @Test("the largest come first, at most twenty of them, and the others together; no unit is lost")
    func many() async throws {
        let values: [AttributeValue?] = (0..<30).map { "v\($0)" }
        let result = try await shop(values: values).result { $0.segmentAttribute = attribute }
        #expect(result.segments.count == 21)
        let sizes = result.segments.map { $0.variants.reduce(0) { $0 + $1.units } }
        #expect(sizes.dropLast() == sizes.dropLast().sorted(by: >)[...])
        #expect(result.segments.last?.value == .others)
        #expect(sizes.reduce(0, +) == result.units.analysed)
        let sums = result.segments.flatMap {
            $0.metrics.filter { $0.metric == "clicks" }.flatMap { $0.variants.compactMap(\.sum) }
        }
        let all = try #require(result.metrics.first { $0.metric == "clicks" }).variants.compactMap(\.sum)
        #expect(sums.reduce(0, +) == all.reduce(0, +))
    }

    @Test("p-values are raised for all segments, metrics and treatments together; without an attribute there is none")
    func adjusted() async throws {
        let shop = try await shop(values: ["a", "b"])
        let segments = try await shop.result { $0.segmentAttribute = attribute }.segments
        let comparisons = segments.flatMap { $0.metrics.flatMap(\.comparisons) }
        #expect(comparisons.count == 4)
        #expect(
            comparisons.map(\.adjustedPValue)
                == MultiplicityAdjustment.benjaminiHochberg.adjust(comparisons.map(\.inference.pValue)))
        #expect(try await shop.result().segments.isEmpty)
        #expect(try await shop.result { $0.segmentAttribute = "nobody has it" }.segments.map(\.value) == [.missing])
    }
}
