#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A POST request.
///
/// Its address and its headers may hold keys, so it has no description.
package struct HTTPRequest: Sendable, CustomStringConvertible, CustomReflectable {
    package struct Header: Sendable {
        package let name: String
        package let value: String
    }

    package let address: String
    package private(set) var headers: [Header]
    package private(set) var body: [UInt8]

    package init(to address: String, headers: KeyValuePairs<String, String>, body: [UInt8]) {
        self.address = address
        self.headers = headers.map { Header(name: $0.key, value: $0.value) }
        self.body = body
    }

    package mutating func add(_ name: String, _ value: String) { headers.append(Header(name: name, value: value)) }

    /// Compresses the body with gzip.
    package mutating func compress() {
        body = Gzip.compressed(body)
        add("Content-Encoding", "gzip")
    }

    package var description: String { "(request)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// An answer, its body cut to the first MiB.
package struct HTTPAnswer: Sendable {
    package let status: Int
    /// The header Retry-After, as it came.
    package let retryAfter: String?
    package let body: [UInt8]

    package init(status: Int, retryAfter: String? = nil, body: [UInt8] = []) {
        self.status = status
        self.retryAfter = retryAfter
        self.body = body
    }

    /// The verdict of the status alone, where the receiver has no answers of its own.
    package var verdict: DeliveryVerdict {
        switch status {
        case 200..<300: .taken(except: [:], retryAfter: nil)
        case 408, 425, 429, 500...: .later(retryAfter: wait(), failure: nil)
        case 413: .tooLarge
        case 402: .stopped(.overQuota)
        case 401, 403, 407: .stopped(.unauthorized(status: status))
        // Redirections, too: a key must not follow one to another host.
        case 300..<400, 404, 405, 406, 410, 415, 421: .stopped(.wrongAddress(status: status))
        default: .refused(status: status, reason: reason)
        }
    }

    /// The answer's text, for whoever looks into a refusal: its first 200 bytes.
    package var reason: String {
        let text = String(decoding: body.prefix(200), as: UTF8.self)
        return text.isEmpty ? "HTTP \(status)" : "HTTP \(status): \(text)"
    }

    /// The wait that is asked for: seconds or a date (RFC 9110, section 10.2.3); nil for a missing or other header.
    /// - Parameter now: The time, in seconds since 1970 UTC.
    /// - Returns: The wait: 0 to a day.
    package func wait(now: Double = Date.now.timeIntervalSince1970) -> Duration? {
        guard let text = retryAfter else { return nil }
        if let seconds = Double(text), seconds.isFinite { return .seconds(max(0, min(seconds, 86_400))) }
        guard let date = HTTPDate.secondsSince1970(text) else { return nil }
        return .seconds(max(0, min(Double(date) - now, 86_400)))
    }
}
