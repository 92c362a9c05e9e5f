import Experimentation
import TestSupport
import Testing

@testable import ExperimentForwarding

/// Requests that are under way together have no unit in common.
@Suite struct BatchCutterTests {
    private func row(_ index: Int, _ units: [UnitKey], bytes: Int = 10) -> OutgoingRow {
        OutgoingRow(
            index: index, id: RowID(file: Setup.file, epoch: 1, log: .outcome, number: Int64(index)),
            body: Array(repeating: 0, count: bytes), units: units)
    }

    private func waves(_ rows: [OutgoingRow], _ limits: DeliveryLimits) -> [[[Int]]] {
        var rest = rows
        var waves: [[[Int]]] = []
        while !rest.isEmpty, waves.count < 10_000 {
            waves.append(BatchCutter(limits: limits).wave(from: &rest).map { $0.map(\.index) })
        }
        return waves
    }

    @Test func rowsOfDifferentUnitsAreCutInOrder() {
        let rows = (0..<250).map { row($0, [.user(UnitID("u\($0)"))]) }
        let limits = DeliveryLimits(rowsPerRequest: 100, bytesPerRequest: 1_000_000, concurrentRequests: 8)
        #expect(waves(rows, limits) == [[Array(0..<100), Array(100..<200), Array(200..<250)]])
    }

    @Test func aUnitWithMoreRowsThanARequestWaits() {
        let rows = (0..<5).map { row($0, [.user("u")]) } + [row(5, [.user("other")])]
        let limits = DeliveryLimits(rowsPerRequest: 2, bytesPerRequest: 1_000_000, concurrentRequests: 8)
        #expect(waves(rows, limits) == [[[0, 1], [5]], [[2, 3]], [[4]]])
    }

    @Test func aRowThatLinksTwoRequestsWaitsForBoth() {
        let rows = [
            row(0, [.user("a")]), row(1, [.session("s")]), row(2, [.user("a"), .session("s")]), row(3, [.user("a")]),
        ]
        let limits = DeliveryLimits(rowsPerRequest: 1, bytesPerRequest: 1_000_000, concurrentRequests: 4)
        #expect(waves(rows, limits) == [[[0], [1]], [[2]], [[3]]])
    }

    @Test func bytesAreALimitAndALargeRowGoesAlone() {
        let rows = [10, 10, 500, 10].enumerated().map { row($0, [.user(UnitID("u\($0)"))], bytes: $1) }
        let limits = DeliveryLimits(rowsPerRequest: 100, bytesPerRequest: 100, concurrentRequests: 8)
        #expect(waves(rows, limits) == [[[0, 1], [2], [3]]])
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func everyRowIsInOneRequestAndUnitsKeepTheirOrder(_ seed: UInt64) {
        var random = SplitMix(seed: seed)
        let units = 1 + random.below(30)
        let rows = (0..<random.below(400)).map { index in
            var keys: [UnitKey] = []
            if random.chance(0.8) { keys.append(.user(UnitID("\(random.below(units))"))) }
            if random.chance(0.4) { keys.append(.session(UnitID("\(random.below(units))"))) }
            return row(index, keys, bytes: 1 + random.below(200))
        }
        let limits = DeliveryLimits(
            rowsPerRequest: 1 + random.below(20), bytesPerRequest: 50 + random.below(1_000),
            concurrentRequests: 1 + random.below(6))
        let waves = waves(rows, limits)
        #expect(waves.flatMap { $0.flatMap { $0 } }.sorted() == Array(rows.indices))
        var last: [UnitKey: Int] = [:]
        for wave in waves {
            #expect(wave.count <= limits.concurrentRequests)
            var owners: [UnitKey: Int] = [:]
            for (number, request) in wave.enumerated() {
                #expect(request.count <= limits.rowsPerRequest)
                for index in request {
                    for unit in rows[index].units {
                        #expect(owners.updateValue(number, forKey: unit) ?? number == number)
                        #expect(last.updateValue(index, forKey: unit) ?? -1 < index)
                    }
                }
            }
        }
    }
}
