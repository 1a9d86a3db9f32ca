import HTTP
import JSON
import Testing
import WireCheck

/// Every answer of the sample service goes through here.
extension WireCheck {
    /// Records what is wrong with an answer as an issue of the test that runs.
    func expect(_ response: HTTPResponse, to question: WireQuestion) {
        let session = response.headers.first(.mcpSessionID) as String?
        report(mistakes(in: response.body, to: question, opening: session))
    }

    /// The same for a piece of a stream.
    func expect(_ piece: [UInt8], to question: WireQuestion) {
        report(mistakes(in: piece, to: question))
    }

    private func report(_ mistakes: [String]) {
        for mistake in mistakes { Issue.record("Not as the protocol's schema has it: \(mistake)") }
    }
}

extension WireQuestion {
    init(_ request: HTTPRequest) {
        self.init(body: request.body) { request.headers.first(HTTPHeaderName(rawValue: $0)) }
    }
}
