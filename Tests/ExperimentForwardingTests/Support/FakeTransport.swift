import ExperimentVendors
import Foundation
import Synchronization

@testable import ExperimentForwarding

/// A transport without a network: a function answers, and everything that was sent is kept.
final class FakeTransport: Transport {
    /// Answers a request, given its number, from 0 on.
    typealias Answering = @Sendable (HTTPRequest, Int) -> Result<HTTPAnswer, TransportFailure>

    private let answering: Answering
    private let kept = Mutex<[HTTPRequest]>([])

    init(_ answering: @escaping Answering) {
        self.answering = answering
    }

    /// Answers with one status after the other, the last one for ever.
    convenience init(statuses: [Int], retryAfter: String? = nil) {
        self.init { _, number in
            let status = statuses[min(number, statuses.count - 1)]
            return .success(HTTPAnswer(status: status, retryAfter: status == 429 ? retryAfter : nil))
        }
    }

    var requests: [HTTPRequest] { kept.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPAnswer {
        let number = kept.withLock { kept in
            kept.append(request)
            return kept.count - 1
        }
        return try answering(request, number).get()
    }
}

extension HTTPRequest {
    /// The headers, names in lower case.
    var fields: [String: String] {
        Dictionary(headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// The body before compression.
    var plainBody: [UInt8] {
        get throws { fields["content-encoding"] == "gzip" ? try Gzip.decompressed(body) : body }
    }

    /// The body as JSON.
    var json: VendorValue {
        get throws { try VendorValue(json: plainBody) }
    }

    /// The lines of the body as JSON.
    var lines: [VendorValue] {
        get throws { try plainBody.split(separator: UInt8(ascii: "\n")).map { try VendorValue(json: Array($0)) } }
    }
}
