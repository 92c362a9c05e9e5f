import ExperimentPlatform
import TestSupport
import Testing

@testable import ExperimentStatistics

@Suite("Streams of events that stop")
struct HeartbeatTests {
    struct Content: Decodable {
        let silence: [Silence]
        let variantSilence: [Variant]
    }
    struct Silence: Decodable {
        let id: String
        let silentDays: [Day]
        let history: [Night]?
        let overDispersion: Double
        let exponent: Double
        let lnP: Double
        let alarm: Bool
    }
    struct Day: Decodable {
        let expected: Double
        let eventsKnown: Int
    }
    struct Night: Decodable {
        let expected: Double
        let events: Int
    }
    struct Variant: Decodable {
        let id: String
        let eventsOfTheOthers: Int
        let shareBefore: Double
        let overDispersion: Double
        let lnP: Double
        let alarm: Bool
    }

    @Test("silent runs meet the 50-digit reference, with a dispersion that is known or from the nights before")
    func silence() throws {
        var worst = WorstError()
        for item in try Golden.load("decisions", as: Content.self).silence {
            var dispersion = EventDispersion(known: item.overDispersion)
            if let history = item.history {
                dispersion = EventDispersion()
                for night in history { dispersion.add(events: night.events, expected: night.expected) }
            }
            worst.note(dispersion.value, item.overDispersion, at: item.id)
            let test = SilenceTest(
                days: item.silentDays.map { .init(expected: $0.expected, eventsKnown: $0.eventsKnown) },
                dispersion: dispersion)
            worst.note(test.exponent, item.exponent, at: item.id)
            worst.note(test.logPValue, item.lnP, at: item.id)
            #expect(test.isAlarm == item.alarm, "\(item.id)")
        }
        #expect(worst.count == 15 && worst.value < 1e-13, "\(worst)")
    }

    @Test("the silence of a variant meets the 50-digit reference")
    func variants() throws {
        var worst = WorstError()
        for item in try Golden.load("decisions", as: Content.self).variantSilence {
            let test = SilenceTest(
                eventsOfOthers: item.eventsOfTheOthers, share: item.shareBefore,
                dispersion: EventDispersion(known: item.overDispersion))
            worst.note(test.logPValue, item.lnP, at: item.id)
            #expect(test.isAlarm == item.alarm, "\(item.id)")
        }
        #expect(worst.count == 3 && worst.value < 1e-13, "\(worst)")
    }

    /// A stream of 40 new units a day with a window of 14 days, who have fewer events the older they are.
    private func day(_ number: Int, rate: Double, enrolment: Int, _ random: inout SplitMix) -> EventHeartbeat.Day {
        let units = (0..<14).map { age in number - age >= 0 && number - age < enrolment ? 40 : 0 }
        let weekend = number % 7 > 4 ? 0.5 : 1
        let events = units.enumerated().map { age, count in
            (0..<count).count { _ in random.unit() < rate * weekend / Double(1 + age) }
        }
        return .init(weekday: number % 7, unitsByAge: units, eventsByAge: events)
    }

    @Test(
        "a stream of some thirty a day that stops is found on the second day, one that ends with its enrolment is not")
    func metric() {
        var random = SplitMix(seed: 121)
        var heartbeat = EventHeartbeat()
        var dispersion = EventDispersion()
        for number in 0..<42 {
            let day = day(number, rate: 0.3, enrolment: 1000, &random)
            let expectation = heartbeat.expectation(weekday: day.weekday, unitsByAge: day.unitsByAge)
            if number >= 14 { dispersion.add(events: day.events, expected: expectation.expected) }
            heartbeat.add(day)
            #expect(!heartbeat.silence.isAlarm && heartbeat.dispersion == dispersion)
        }
        #expect(heartbeat.dispersion.value > 1 && heartbeat.dispersion.value != 3)
        var broken = heartbeat
        broken.add(day(42, rate: 0, enrolment: 1000, &random))
        #expect(broken.silentDays.count == 1 && broken.silence.exponent > 5)
        broken.add(day(43, rate: 0, enrolment: 1000, &random))
        #expect(broken.silence.isAlarm && broken.silence.expectedEvents > 20)
        #expect(broken.dispersion == heartbeat.dispersion)
        broken.add(day(44, rate: 0.3, enrolment: 1000, &random))
        #expect(broken.silentDays.isEmpty && broken.silence.exponent == 0)
        // The last units' windows close, and nothing more is expected.
        for number in 42..<90 {
            heartbeat.add(day(number, rate: 0.3, enrolment: 42, &random))
            #expect(!heartbeat.silence.isAlarm, "\(number)")
        }
        #expect(heartbeat.silentDays.count > 20)
        #expect(heartbeat.expectation(weekday: 0, unitsByAge: []).expected == 0)
    }

    @Test("nothing is expected before two such weekdays, and on weekdays that never had an event")
    func weekdays() {
        var heartbeat = EventHeartbeat()
        for number in 0..<21 {
            let isMonday = number % 7 == 0
            heartbeat.add(.init(weekday: number % 7, unitsByAge: [100], eventsByAge: [isMonday ? 7 : 0]))
            #expect((heartbeat.expectation(weekday: 0, unitsByAge: [100]).expected > 0) == (number >= 7))
        }
        // h is 21 events over 21 days of 100 units; Mondays have seven times that, but f is at most 1.
        let monday = heartbeat.expectation(weekday: 0, unitsByAge: [100])
        #expect(abs(monday.expected - 1) < 1e-12 && monday.eventsKnown == 21)
        let tuesday = heartbeat.expectation(weekday: 1, unitsByAge: [100])
        #expect(tuesday.expected == 0 && tuesday.eventsKnown == 0)
    }

    /// Days of variants whose units of each day have all their events on it.
    private static func days(_ events: [Int], units: Int = 100) -> [EventHeartbeat.Day] {
        events.map { .init(weekday: 0, unitsByAge: [units], eventsByAge: [$0]) }
    }

    @Test("a variant that falls silent is found by the others' events")
    func variantStream() throws {
        var heartbeats = VariantHeartbeats(count: 3)
        let one = EventDispersion(known: 1)
        #expect(heartbeats.silence(of: 0, dispersion: one) == nil)
        for _ in 0..<10 { heartbeats.add(Self.days([10, 5, 0])) }
        #expect(try #require(heartbeats.silence(of: 1, dispersion: one)).exponent == 0)
        #expect(heartbeats.silence(of: 2, dispersion: one) == nil)
        for _ in 0..<6 { heartbeats.add(Self.days([11, 0, 0])) }
        let test = try #require(heartbeats.silence(of: 1, dispersion: one))
        // 5 a day of its own, which 50 events tell; the others had 166 events on 16 days and 66 on these six.
        let (expected, known) = (6 * 5 * 1.0, 1 / (1.0 / 50 + 1.0 / 66))
        #expect(abs(test.expectedEvents - expected) < 1e-12)
        #expect(abs(test.exponent - known * log1p(expected / known)) < 1e-12 && test.isAlarm)
        #expect(!(try #require(heartbeats.silence(of: 1, dispersion: EventDispersion(known: 2))).isAlarm))
        heartbeats.add(Self.days([10, 1, 0]))
        #expect(try #require(heartbeats.silence(of: 1, dispersion: one)).exponent == 0)
        let gap = try #require(heartbeats.gap(of: 1, dispersion: one))
        #expect((gap.firstDay, gap.days, gap.silences) == (10, 6, 1) && gap.isAlarm)
        heartbeats.add(Self.days([3, 0, 0]))
        // 51 events on 17 days, and the others had less than a third of their usual day.
        let short = try #require(heartbeats.silence(of: 1, dispersion: one))
        #expect(abs(short.expectedEvents - 51.0 / 17 * 3 / (179.0 / 18)) < 1e-12 && !short.isAlarm)
    }

    @Test("one unit of another variant that makes hundreds of events silences nobody")
    func burst() throws {
        var heartbeats = VariantHeartbeats(count: 2)
        for _ in 0..<20 { heartbeats.add(Self.days([2, 2])) }
        heartbeats.add(Self.days([900, 0]))
        let test = try #require(heartbeats.silence(of: 1, dispersion: EventDispersion(known: 1)))
        #expect(abs(test.expectedEvents - 2) < 1e-12 && !test.isAlarm)
    }

    /// Forty days of 100 new units a variant, of whom 30 have an event: a variant's on the day itself, the other's over ten days.
    private static func day(_ number: Int, isFast: Bool, enrolment: (Int) -> Bool) -> EventHeartbeat.Day {
        let units = (0...number).map { enrolment(number - $0) ? 100 : 0 }
        let events = units.enumerated().map { age, count in
            isFast ? age == 0 ? count * 3 / 10 : 0 : age < 10 ? count * 3 / 100 : 0
        }
        return .init(weekday: number % 7, unitsByAge: units, eventsByAge: events)
    }

    @Test("a variant that is only faster is not silent once nobody enters any more, nor between batches of units")
    func faster() throws {
        for enrolment in [{ $0 < 40 }, { $0 % 14 < 4 }] as [(Int) -> Bool] {
            var heartbeats = VariantHeartbeats(count: 2)
            for number in 0..<60 {
                heartbeats.add([true, false].map { Self.day(number, isFast: $0, enrolment: enrolment) })
                for variant in 0...1 {
                    let one = EventDispersion(known: 1)
                    #expect(heartbeats.silence(of: variant, dispersion: one)?.isAlarm != true, "\(number)")
                    #expect(heartbeats.gap(of: variant, dispersion: one)?.isAlarm != true, "\(number)")
                }
            }
        }
        // While units enter, the log of the faster one that breaks is found at once.
        var heartbeats = VariantHeartbeats(count: 2)
        for number in 0..<21 {
            let fast = Self.day(number, isFast: number < 20) { _ in true }
            heartbeats.add([
                number < 20 ? fast : .init(weekday: 0, unitsByAge: fast.unitsByAge, eventsByAge: []),
                Self.day(number, isFast: false) { _ in true },
            ])
        }
        #expect(heartbeats.silence(of: 0, dispersion: EventDispersion(known: 1))?.isAlarm == true)
    }

    @Test("exposures that stop are found, an enrolment that fades is not")
    func exposures() {
        var heartbeat = ExposureHeartbeat()
        for number in 0..<28 {
            #expect(heartbeat.expectation(weekday: number % 7).expected == 0)
            heartbeat.add(exposures: number % 7 > 4 ? 10 : 40, weekday: number % 7)
        }
        #expect(heartbeat.expectation(weekday: 0) == .init(expected: 40, eventsKnown: 160))
        #expect(heartbeat.expectation(weekday: 6) == .init(expected: 10, eventsKnown: 40))
        var faded = heartbeat
        for number in 28..<35 { faded.add(exposures: number % 7 > 4 ? 5 : 20, weekday: number % 7) }
        // The last week has 110, the mean week of the last 28 days 192.5.
        let first = faded.expectation(weekday: 0)
        #expect(abs(first.expected - 35 * 110 / 192.5) < 1e-12 && first.eventsKnown == 140)
        // In a silence the fading goes on, from what was known before it.
        for number in 35..<42 { faded.add(exposures: 0, weekday: number % 7) }
        let later = faded.expectation(weekday: 0)
        #expect(abs(later.expected / first.expected - exp(2.0 / 3 * log(110 / 192.5))) < 1e-12)
        #expect(later.eventsKnown == 140 && faded.silence.isAlarm)
        heartbeat.add(exposures: 0, weekday: 0)
        #expect(heartbeat.silentDays.count == 1 && !heartbeat.silence.isAlarm)
        for number in 1...2 { heartbeat.add(exposures: 0, weekday: number) }
        #expect(heartbeat.silence.isAlarm)
        heartbeat.add(exposures: 40, weekday: 3)
        #expect(heartbeat.silence.exponent == 0)
        // Three a day that stop are found within two weeks.
        var rare = ExposureHeartbeat()
        for number in 0..<42 { rare.add(exposures: 3, weekday: number % 7) }
        for number in 42..<55 { rare.add(exposures: 0, weekday: number % 7) }
        #expect(rare.silence.isAlarm)
        var late = ExposureHeartbeat()
        for number in 0..<40 { late.add(exposures: 0, weekday: number % 7) }
        #expect(late.silence.exponent == 0)
    }

    @Test("five days on which all times are whole are found, with the first; a weekend, a half or all of them are not")
    func cutDays() {
        func firstDay(_ full: (Int) -> Int) -> Int? {
            CutDays((0..<60).map { .init(number: 100 + $0, outcomes: 10, atFullHours: full($0)) }).firstDay
        }
        #expect(firstDay { $0 < 40 ? 0 : 10 } == 140 && firstDay { $0 < 55 ? 1 : 9 } == 155)
        #expect(firstDay { (20..<25).contains($0) ? 10 : 1 } == 120, "what was lost then stays lost")
        #expect(firstDay { $0 < 56 ? 0 : 10 } == nil && firstDay { $0 % 7 < 4 ? 10 : 0 } == nil)
        #expect(firstDay { $0 < 20 ? 5 : 10 } == nil && firstDay { _ in 10 } == nil && firstDay { _ in 0 } == nil)
        let few = (0..<60).map { CutDays.Day(number: $0, outcomes: 3, atFullHours: $0 < 55 ? 0 : 3) }
        #expect(CutDays(few).firstDay == nil && CutDays([]).firstDay == nil)
    }

    @Test("the dispersion is at least 1, and 3 while little is known")
    func dispersion() {
        var dispersion = EventDispersion()
        #expect(dispersion.value == 3)
        for _ in 0..<6 { dispersion.add(events: 10, expected: 10) }
        dispersion.add(events: 4, expected: 0)
        #expect(dispersion.value == 3)
        dispersion.add(events: 12, expected: 10)
        #expect(dispersion.value == 1)
        for _ in 0..<7 { dispersion.add(events: 30, expected: 10) }
        #expect(abs(dispersion.value - (7 * 40 + 0.4) / 14) < 1e-12)
        #expect(EventDispersion(known: 0.5).value == 1)
    }

    @Test(
        "of years so many ages are told apart as of two months, and no unit or event is lost; what stops is found as soon"
    )
    func ages() {
        let day = EventHeartbeat.Day(
            weekday: 0, unitsByAge: Array(repeating: 3, count: 800), eventsByAge: Array(repeating: 1, count: 700))
        #expect(day.unitsByAge.count == 57 && day.eventsByAge.count == 57)
        #expect(day.unitsByAge.reduce(0, +) == 2_400 && day.events == 700)
        #expect(day.unitsByAge[55] == 3 && day.unitsByAge[56] == 3 * 744)
        var heartbeat = EventHeartbeat()
        for night in 0..<400 {
            let units = Array(repeating: 10, count: night + 1)
            let events = night < 398 ? units.indices.map { $0 % 4 == 0 ? 1 : 0 } : []
            heartbeat.add(.init(weekday: night % 7, unitsByAge: units, eventsByAge: events))
            #expect(!heartbeat.silence.isAlarm || night >= 398)
        }
        // A hundred a day by then.
        #expect(heartbeat.silence.isAlarm && heartbeat.silentDays.count == 2)
        #expect(abs(heartbeat.silentDays[0].expected - 100) < 15)
    }
}
