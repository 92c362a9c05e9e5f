import ExperimentPlatform
import Experimentation
import SystemPackage

/// The zone of times that do not say theirs: a fixed offset, or a place of the system's list of zones.
struct InputZone {
    private enum Rule {
        case offset(minutes: Int)
        case place
    }

    private let rule: Rule
    /// The name as it was given.
    let name: String

    /// UTC.
    static let utc = InputZone(rule: .offset(minutes: 0), name: "UTC")

    private init(rule: Rule, name: String) {
        self.rule = rule
        self.name = name
    }

    /// Finds a zone: `UTC`, `+02:00`, or a name such as `Europe/Berlin`, which then is the process's zone.
    init?(_ name: String) {
        if ["utc", "gmt", "z"].contains(name.lowercased()) {
            self = .utc
        } else if let minutes = Timestamp.offsetMinutes(name) {
            self.init(rule: .offset(minutes: minutes), name: name)
        } else {
            let isName = name.utf8.allSatisfy {
                0x30...0x39 ~= $0 || 0x41...0x5a ~= $0 || 0x61...0x7a ~= $0 || "/_+-".utf8.contains($0)
            }
            let folders = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/var/db/timezone/zoneinfo"]
            guard isName, !name.isEmpty, !name.hasPrefix("/"),
                folders.contains(where: { (try? Stat(FilePath("\($0)/\(name)"))) != nil })
            else { return nil }
            ThisProcess.setZone(name)
            self.init(rule: .place, name: name)
        }
    }

    /// The days on the zone's clocks.
    var calendar: DayCalendar {
        if case .offset(minutes: 0) = rule { return .utc }
        return DayCalendar(name: name) { Int64(seconds(days: $0, secondsOfDay: 0)) * 1_000_000 }
    }

    /// The seconds since 1970 UTC of a time on the zone's clocks.
    ///
    /// An hour that the clocks leave out counts as if they had not been put forward yet, or as the system says; of one that
    /// they show twice, the system's choice.
    func seconds(days: Int, secondsOfDay: Int) -> Int {
        switch rule {
        case .offset(let minutes): return days * 86_400 + secondsOfDay - minutes * 60
        case .place: return ThisProcess.secondsSince1970(days: days, secondsOfDay: secondsOfDay)
        }
    }
}
