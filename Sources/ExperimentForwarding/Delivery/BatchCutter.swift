import Experimentation

/// A row as it is sent.
struct OutgoingRow: Sendable {
    /// The row's place among the rows that were read together.
    let index: Int
    let id: RowID
    let body: [UInt8]
    /// The ids that it names: rows with one of them in common keep their order.
    let units: [UnitKey]
}

/// A user or a session; their ids are of different worlds.
enum UnitKey: Sendable, Hashable {
    case user(UnitID)
    case session(UnitID)
}

/// Cuts rows into requests that can be under way together.
///
/// Requests overtake each other, so those of a wave have no unit in common: rows of a unit are in one request of a wave,
/// in their order, and what does not fit waits for the next wave. Rows whose units are all different are cut as if
/// requests followed each other.
struct BatchCutter {
    let limits: DeliveryLimits

    private enum Place {
        case request(Int)
        case later
    }

    /// Takes the next wave out of the rows.
    /// - Parameter rows: In order; what waits stays, in order.
    /// - Returns: The requests of the wave; none only if there are no rows.
    func wave(from rows: inout [OutgoingRow]) -> [[OutgoingRow]] {
        var requests: [[OutgoingRow]] = []
        var sizes: [Int] = []
        var places: [UnitKey: Place] = [:]
        var waiting: [OutgoingRow] = []
        var isFull = false

        func fits(_ row: OutgoingRow, _ index: Int) -> Bool {
            requests[index].count < limits.rowsPerRequest && sizes[index] + row.body.count <= limits.bytesPerRequest
        }
        for row in rows {
            var place = self.place(of: row, places)
            if case .request(let index)? = place, !fits(row, index) { place = .later }
            if place == nil, !isFull {
                if requests.isEmpty || !fits(row, requests.count - 1) {
                    isFull = requests.count == limits.concurrentRequests
                    if !isFull {
                        requests.append([])
                        sizes.append(0)
                    }
                }
                if !isFull { place = .request(requests.count - 1) }
            }
            let final = place ?? .later
            for unit in row.units { places[unit] = final }
            switch final {
            case .later: waiting.append(row)
            case .request(let index):
                requests[index].append(row)
                sizes[index] += row.body.count + 1
            }
        }
        rows = waiting
        return requests
    }

    /// The place that the units of a row have already: a request, or a later wave; nil where no unit has one.
    private func place(of row: OutgoingRow, _ places: [UnitKey: Place]) -> Place? {
        var found: Place?
        for unit in row.units {
            switch (places[unit], found) {
            case (nil, _): continue
            case (.later?, _): return .later
            case (.request(let index)?, nil): found = .request(index)
            case (.request(let index)?, .request(let other)?): if index != other { return .later }
            case (.request?, .later?): return .later
            }
        }
        return found
    }
}
