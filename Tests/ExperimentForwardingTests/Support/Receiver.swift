import ExperimentVendors
import Foundation
import Synchronization
import TestSupport

@testable import ExperimentForwarding

/// The rows that arrived at an endpoint that takes lines.
final class Receiver: Sendable {
    private struct State {
        var arrivals: [String] = []
        var lines: [String: [UInt8]] = [:]
        var changed: [String] = []
        var random: SplitMix
    }

    private let state: Mutex<State>

    init(seed: UInt64) {
        state = Mutex(State(random: SplitMix(seed: seed)))
    }

    /// The ids of the rows that arrived, repeats included, in order.
    var arrivals: [String] { state.withLock { $0.arrivals } }
    /// The ids of rows that came again as something else.
    var changed: [String] { state.withLock { $0.changed } }

    /// Takes the rows of a body.
    func take(_ body: [UInt8]) {
        let lines = body.split(separator: UInt8(ascii: "\n")).map { Array($0) }
        state.withLock { state in
            for line in lines {
                // {"row_id":"…",…
                let id = String(decoding: line.dropFirst(11).prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
                state.arrivals.append(id)
                if let earlier = state.lines.updateValue(line, forKey: id), earlier != line { state.changed.append(id) }
            }
        }
    }

    /// The behaviour of an endpoint in bad times.
    enum Mood: Sendable {
        case good
        case busy(isTaken: Bool)
        case silent(isTaken: Bool)
        case hangUp
    }

    /// One request in ten is answered with 5xx, one in twenty is not answered, and one in fifty ends after it was taken.
    func mood() -> Mood {
        state.withLock { state in
            switch Double.random(in: 0..<1, using: &state.random) {
            case ..<0.1: .busy(isTaken: state.random.chance(0.5))
            case ..<0.15: .silent(isTaken: state.random.chance(0.5))
            case ..<0.17: .hangUp
            default: .good
            }
        }
    }

    func chance(_ probability: Double) -> Bool { state.withLock { $0.random.chance(probability) } }
}
