import Crypto
import HTTP
import Identity
import JSON
import Telemetry

@testable import HTTPServer
@testable import MCP

extension FuzzTarget {
    /// What the service reads out of header fields and targets: two values on two lines, and JSON behind them.
    static let headers = FuzzTarget("headers") { bytes in
        let (lines, rest) = bytes.lines(2)
        let check = HeaderCheck(one: lines[0].text, other: lines[1].text, rest: rest)
        check.decodesText()
        check.comparesArguments()
        check.readsMediaTypes()
        check.readsRoutingHeaders()
        check.knowsOrigins()
        check.readsNames()
        check.splitsTargets()
        check.cannotBeInjected()
        check.refusesCredentials()
    }
}

private struct HeaderCheck {
    let one: String
    let other: String
    let rest: [UInt8]

    // MARK: Values that repeat the body

    func decodesText() {
        let decoded = HeaderText.decode(one)
        let isMarked = one.utf8.starts(with: "=?base64?".utf8) && one.utf8.suffix(2).elementsEqual("?=".utf8)
        if !isMarked { require(decoded.map { isSameText($0, one) } == true, "\(one) is not taken as it stands") }
        if isMarked, let decoded, one.utf8.count >= 11 {
            require(isSameText(marked(decoded), one), "\(one) has another text that means the same")
        }
        require(HeaderText.decode(marked(other)).map { isSameText($0, other) } == true, "\(other) is not read back")
    }

    private func marked(_ text: String) -> String { "=?base64?\(Base64.encode(Array(text.utf8)))?=" }

    func comparesArguments() {
        guard let root = (try? JSONDocument(rest))?.root else { return }
        for kind in [MirroredArgument.Kind.string, .integer, .boolean] {
            let argument = MirroredArgument(header: "A", path: [], kind: kind)
            let agrees = argument.agrees(one, with: root)
            switch kind {
            case .string:
                require(agrees == root.string.map { isSameText($0, one) } ?? false, "\(one) and \(root.raw) as texts")
            case .boolean:
                require(!agrees || root.bool == (one == "true"), "\(one) and \(root.raw) as truth values")
            case .integer:
                require(!agrees || root.integer != nil, "\(one) agrees with \(root.raw), which is no integer")
                if let number = root.integer {
                    require(argument.agrees(String(number), with: root), "\(number) is refused")
                }
            }
        }
        guard let arguments = try? MirroredArgument.all(in: root) else { return }
        for argument in arguments {
            require(argument.header.utf8.allSatisfy(ASCII.isToken), "\(argument.header) is no name of a field")
            require(!argument.path.isEmpty, "\(argument.header) repeats all arguments")
        }
    }

    // MARK: Media types, versions, origins

    func readsMediaTypes() {
        let pair = [one, other]
        let joined = ["\(one),\(other)"]
        require(MediaType.acceptsStream(pair) == MediaType.acceptsStream(joined), "Accept on two lines is another one")
        let form = MediaType.answerForm(accepting: pair)
        require(form == MediaType.answerForm(accepting: joined), "Accept on two lines gets another answer")
        require(form != .eventStream || MediaType.acceptsStream(pair), "\(pair) gets a stream that it does not take")
        require(
            MediaType.isJSON([one]) == MediaType.isJSON([one.uppercased()]) || !one.utf8.allSatisfy { $0 < 0x80 },
            "\(one) depends on case")
        require(!MediaType.isJSON(pair), "Two types are one")
    }

    func readsRoutingHeaders() {
        var headers = HTTPHeaders()
        headers.append(.mcpProtocolVersion, one)
        let single = RoutingHeader(.mcpProtocolVersion, of: request(headers))
        let value = require(single.value, "\(one) is no value")
        require(isSameText(trimmed(value), value), "\(value) has blanks around it")
        headers.append("mcp-protocol-version", other)
        let double = RoutingHeader(.mcpProtocolVersion, of: request(headers))
        require(double.value == nil && double != .absent, "Two values are one")
        require(!single.marksStatelessEra || double.marksStatelessEra, "A second value hides the first")
        if let revision = Revision(rawValue: value) {
            require(single.marksStatelessEra == (revision.era == .stateless), "\(value) is of another era")
        }
        require(Revision.negotiated(for: one).era == .handshake, "\(one) leads to the stateless era")
    }

    func knowsOrigins() {
        let policy = OriginPolicy(hosts: ["mcp.example.com"], origins: ["https://pages.example.com"])
        let local = OriginPolicy(hosts: ["mcp.example.com"], origins: [], allowsLoopback: true)
        for policy in [policy, local] {
            let request = request([.host: "mcp.example.com", .origin: one, .accessControlRequestHeaders: other])
            var response = HTTPResponse(status: .ok)
            policy.share(&response, with: request)
            let isShared = response.headers.contains(.accessControlAllowOrigin)
            require(isShared == (policy.refusal(of: request) == nil), "\(one) is refused and may read, or neither")
            _ = policy.preflight(request)
        }
        let isKnown = policy.refusal(of: request([.host: one])) == nil
        let host = trimmed(request([.host: one]).headers.first(.host) ?? "")
        require(isKnown == (host.lowercased() == "mcp.example.com"), "\(one) is taken for our host")
        guard local.refusal(of: request([.host: one])) == nil, !isKnown else { return }
        let name = require(
            ["localhost", "127.0.0.1", "[::1]"].first { host.lowercased().hasPrefix($0) }, "\(one) is not local")
        let port = host.utf8.dropFirst(name.utf8.count)
        require(
            port.isEmpty || port.first == ASCII.colon && port.dropFirst().allSatisfy(ASCII.isDigit),
            "\(one) has no port")
    }

    // MARK: Names and targets

    func readsNames() {
        if let (stream, position) = StreamLog.parse(one) {
            require(position >= 0 && !stream.contains(".") && stream.utf8.count <= 64, "\(one) is no event's id")
        }
        let id = RequestID(incoming: one).description
        require((8...64).contains(id.utf8.count), "\(id) is too long for a log")
        require(id.utf8.allSatisfy { ASCII.isAlphanumeric($0) || "-_.".utf8.contains($0) }, "\(id) breaks a log")
        let event = EventStream.event(data: rest, id: one, name: other)
        require(event.suffix(2) == [0x0A, 0x0A], "An event does not end")
        let lines = event.dropLast(2).split(separator: 0x0A, omittingEmptySubsequences: false)
        require(lines.allSatisfy { !$0.isEmpty && !$0.contains(0x0D) }, "An event ends within itself")
        require(lines.filter { $0.starts(with: "id: ".utf8) }.count == 1, "An event has two ids")
    }

    func splitsTargets() {
        require(PercentEncoding.decode(PercentEncoding.encode(one).utf8) == one, "\(one) is not read back")
        let form = "\(PercentEncoding.encode(one))=\(PercentEncoding.encode(other))"
        require(
            FormBody(form.utf8)?.items.first.map { $0.name == one && $0.value == other } == true,
            "\(form) is not read back")
        _ = FormBody(rest)
        let request = HTTPRequest(method: .get, target: "/" + one)
        require(request.path + (request.queryText.map { "?" + $0 } ?? "") == request.target, "\(one) loses a part")
        guard case .found(_, let parameters) = Self.routes.match(.get, path: request.path) else { return }
        for (name, value) in parameters where name != "rest" {
            require(!value.isEmpty && value != "." && value != "..", "\(name) leads elsewhere")
            require(!value.utf8.contains { $0 == 0x2F || $0 < 0x20 || $0 == 0x7F }, "\(name) has a slash or a control")
        }
    }

    private static let routes = HTTPRouteTable([
        HTTPRoute(.get, "/w/{workspace}/mcp", 1), HTTPRoute(.post, "/w/{workspace}", 2),
        HTTPRoute(.get, "/files/{name}/{rest...}", 3), HTTPRoute(.get, "/healthz", 4),
    ])

    func cannotBeInjected() {
        var headers = HTTPHeaders()
        headers.append(HTTPHeaderName(rawValue: one), other)
        headers.append("X-Last", other)
        var lines = Array("GET / HTTP/1.0\r\n".utf8)
        headers.appendLines(to: &lines)
        var parser = RequestParser(limits: RequestLimits())
        var offset = 0
        lines += Array("\r\n".utf8)
        if case .request(let request) = parser.receive(lines.span, from: &offset) {
            require(offset == lines.count, "A value ends the header")
            require(request.headers.count <= headers.count, "A value begins another field")
            require(request.headers.contains("X-Last"), "A value hides another field")
        }
    }

    /// Whatever is sent, only the token itself has its digest.
    func refusesCredentials() {
        let authenticator = Authenticator(pepper: Genuine.pepper)
        let (token, workspace) = (Genuine.token.text, Genuine.workspace.text)
        for value in [one, "Bearer " + one, "Bearer \(token)\(one)", "Bearer \(one)\(token)"] {
            let headers: HTTPHeaders = [.authorization: value]
            let found = try? authenticator.credential(in: request(headers), for: workspace)
            // A mark after the blank makes one character of both, and stays behind it in bytes.
            let field: String = headers.first(.authorization) ?? ""
            let sent = String(decoding: field.utf8.dropFirst(7).drop { $0 == UInt8(ascii: " ") }, as: UTF8.self)
            require(
                (found?.digest == Genuine.credential.digest) == isSameText(sent, token),
                "\(value) is taken for the token"
            )
        }
        let genuine = request([.authorization: "bearer \(token)"])
        let isOpen = (try? authenticator.credential(in: genuine, for: other)) != nil
        require(isOpen == isSameText(other, workspace), "The token is taken for \(other)")
    }

    private func request(_ headers: HTTPHeaders) -> HTTPRequest {
        HTTPRequest(method: .options, target: "/", headers: headers)
    }
}
