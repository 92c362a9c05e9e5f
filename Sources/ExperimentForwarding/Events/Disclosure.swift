import Crypto
public import Experimentation

/// The attributes that leave; attributes that are not named here stay.
public struct AttributeChoice: Sendable, Hashable {
    /// Facts about the unit, such as its country; vendors keep them with the user.
    public var unit: Set<AttributeName>
    /// Facts about what happened, such as what was bought; vendors keep them with the event.
    public var event: Set<AttributeName>
    /// The attributes of ``unit`` and ``event`` that leave as the number or the truth value that they spell, where they spell one.
    public var typed: Set<AttributeName>
    /// The attributes that never leave, whatever else is said.
    public var `private`: Set<AttributeName>

    /// Chooses attributes; none by default.
    /// - Parameters:
    ///   - unit: Facts about the unit.
    ///   - event: Facts about what happened.
    ///   - typed: Those that leave as numbers and truth values.
    ///   - private: Those that never leave.
    public init(
        unit: Set<AttributeName> = [], event: Set<AttributeName> = [], typed: Set<AttributeName> = [],
        private: Set<AttributeName> = []
    ) {
        self.unit = unit
        self.event = event
        self.typed = typed
        self.private = `private`
    }
}

/// Decides what of a row a destination sees.
///
/// Destinations are given nothing but the result, so that what is private cannot leave by a mistake in one of them.
package struct Disclosure: Sendable {
    private let choice: AttributeChoice
    private let idKey: SymmetricKey?

    /// - Parameters:
    ///   - choice: Which attributes leave.
    ///   - idKey: Hashes the ids of users and sessions; nil where they leave as they are.
    package init(_ choice: AttributeChoice, idKey: Secret? = nil) {
        self.choice = choice
        self.idKey = idKey.map { SymmetricKey(data: Array($0.text.utf8)) }
    }

    package func disclosed(_ event: ForwardedEvent) -> DisclosedEvent {
        switch event.record {
        case .exposure(let exposure):
            disclosed(
                event,
                .exposure(
                    experiment: exposure.experiment, variant: exposure.variantID,
                    enrollment: exposure.enrollment ?? .enrolled),
                exposure.userID, exposure.sessionID, exposure.id)
        case .outcome(let outcome):
            disclosed(
                event, .outcome(experiment: outcome.experiment, metric: outcome.metric, value: outcome.value),
                outcome.userID, outcome.sessionID, outcome.id)
        }
    }

    private func disclosed(
        _ event: ForwardedEvent, _ content: DisclosedEvent.Content, _ userID: UnitID?, _ sessionID: UnitID?,
        _ recordID: RecordID?
    ) -> DisclosedEvent {
        let attributes = event.attributes
        return DisclosedEvent(
            id: event.id, content: content, timestampMicroseconds: event.timestampMicroseconds,
            userID: userID.map(leaving),
            sessionID: (sessionID ?? attributes["session_id"].map { UnitID($0) }).map(leaving),
            // Callers make up a record's id, often of the user's, so it stays where ids are hashed.
            recordID: idKey == nil ? recordID : nil,
            unitAttributes: chosen(attributes, choice.unit), eventAttributes: chosen(attributes, choice.event))
    }

    /// The id of a user or a session as it leaves: itself, or HMAC-SHA-256 (RFC 2104) of it in 64 hexadecimal digits.
    private func leaving(_ id: UnitID) -> UnitID {
        guard let idKey else { return id }
        let code = HMAC<SHA256>.authenticationCode(for: Array(id.text.utf8), using: idKey)
        var digits: [UInt8] = []
        digits.reserveCapacity(64)
        for byte in code {
            digits.append(Self.digits[Int(byte >> 4)])
            digits.append(Self.digits[Int(byte & 15)])
        }
        return UnitID(String(decoding: digits, as: UTF8.self))
    }

    /// The chosen attributes in the order of their names, so that a row has the same bytes at every attempt.
    private func chosen(_ attributes: [String: String], _ names: Set<AttributeName>) -> [DisclosedAttribute] {
        guard !names.isEmpty, !attributes.isEmpty else { return [] }
        return attributes.compactMap { text, value in
            let name = AttributeName(text)
            // The session's id leaves as the session's id, which may be hashed.
            guard names.contains(name), !choice.private.contains(name), name != "session_id" else { return nil }
            return DisclosedAttribute(name: name, text: value, isTyped: choice.typed.contains(name))
        }.sorted { $0.name < $1.name }
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
