import HTTP
import JSON
import Testing

@testable import MCP

@Suite("The table of errors")
struct ProtocolErrorTests {
    private typealias Expected = (ProtocolError.Kind, (Int64, Int)?, (Int64, Int)?)

    @Test("has the codes and statuses of the protocol")
    func table() {
        let expected: [Expected] = [
            (.parseError, (-32700, 400), (-32700, 400)), (.invalidRequest, (-32600, 400), (-32600, 400)),
            (.methodNotFound, (-32601, 200), (-32601, 404)), (.invalidParams, (-32602, 200), (-32602, 200)),
            (.incompleteMeta, (-32602, 400), (-32602, 400)), (.internalError, (-32603, 200), (-32603, 200)),
            (.resourceNotFound, (-32002, 200), (-32602, 200)), (.urlElicitationRequired, (-32042, 200), nil),
            (.headerMismatch, (-32600, 400), (-32020, 400)), (.missingCapability, nil, (-32021, 400)),
            (.unsupportedVersion, (-32600, 400), (-32022, 400)), (.sessionMissing, (-32600, 400), (-32600, 400)),
            (.sessionUnknown, (-32600, 404), (-32600, 404)), (.methodNotAllowed, (-32600, 405), (-32600, 405)),
            (.notAcceptable, (-32600, 406), (-32600, 406)), (.contentTooLarge, (-32600, 413), (-32600, 413)),
            (.unsupportedMediaType, (-32600, 415), (-32600, 415)), (.originRefused, (-32600, 403), (-32600, 403)),
            (.hostRefused, (-32600, 421), (-32600, 421)), (.overloaded, (-32603, 503), (-32603, 503)),
            (.tooManyStreams, (-32603, 429), (-32603, 429)),
        ]
        #expect(expected.map(\.0) == ProtocolError.Kind.allCases)
        for (kind, handshake, stateless) in expected {
            #expect(kind.row.handshake?.code == handshake?.0, "\(kind)")
            #expect(kind.row.handshake?.status.rawValue == handshake?.1, "\(kind)")
            #expect(kind.row.stateless?.code == stateless?.0, "\(kind)")
            #expect(kind.row.stateless?.status.rawValue == stateless?.1, "\(kind)")
        }
    }

    @Test("lets no era send what is not its own", arguments: ProtocolError.Kind.allCases)
    func codesOfEras(kind: ProtocolError.Kind) {
        let error = ProtocolError(kind)
        #expect(![-32020, -32021, -32022].contains(error.answer(in: .handshake).code))
        let stateless = error.answer(in: .stateless).code
        #expect(!(-32019...(-32000)).contains(stateless) && stateless != -32042)
    }

    @Test("has one short sentence for each kind", arguments: ProtocolError.Kind.allCases)
    func sentences(kind: ProtocolError.Kind) {
        let message = ProtocolError(kind).message
        #expect((10...80).contains(message.count))
        #expect(!message.hasSuffix("."))
    }

    @Test(
        "tells a body that is not JSON from one that is refused",
        arguments: [
            (.syntax, .parseError), (.encoding, .parseError), (.surrogate, .parseError),
            (.duplicateName, .invalidRequest), (.tooDeep, .invalidRequest), (.tooLarge, .invalidRequest),
        ] as [(JSONError.Kind, ProtocolError.Kind)]
    )
    func bodies(mistake: JSONError.Kind, expected: ProtocolError.Kind) {
        #expect(ProtocolError(JSONError(kind: mistake, offset: 3)).kind == expected)
    }

    @Test("leaves the id out when there is none")
    func missingID() throws {
        let response = HTTPResponse(ProtocolError(.parseError))
        #expect(try JSONDocument(response.body).root["id"] == nil)
        let answered = HTTPResponse(ProtocolError(.parseError), id: .string("a"))
        #expect(try JSONDocument(answered.body).root["id"]?.string == "a")
    }
}
