/// Sends a request and waits for its answer.
package protocol Transport: Sendable {
    /// Sends a request once; whoever calls decides about another time.
    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPAnswer
}
