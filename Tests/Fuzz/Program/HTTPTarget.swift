import HTTP

@testable import HTTPServer

extension FuzzTarget {
    /// The parser of requests: the same result however the bytes are cut.
    static let http = FuzzTarget("http") { bytes in
        for limits in [RequestLimits(), .narrow] {
            let whole = ParserRun([bytes], limits)
            var cuts = Cuts(for: bytes)
            let isSame = whole == ParserRun(cuts.pieces(of: bytes), limits)
            require(
                isSame && whole == ParserRun(bytes.map { [$0] }, limits), "The result depends on where bytes are cut")
            for request in whole.requests { request.check(limits) }
        }
    }
}

extension RequestLimits {
    /// Limits that short inputs reach.
    fileprivate static var narrow: RequestLimits {
        var limits = RequestLimits()
        limits.maxTargetBytes = 24
        limits.maxHeaderBytes = 160
        limits.maxHeaderCount = 5
        limits.maxBodyBytes = 32
        limits.maxChunkExtensionBytes = 16
        return limits
    }
}

/// What the parser made of bytes.
private struct ParserRun: Equatable {
    enum End: Equatable {
        case betweenRequests, inHead, inBody
        case refused(RequestRefusal)
    }

    var requests: [ParsedRequest] = []
    var end = End.betweenRequests

    init(_ pieces: [[UInt8]], _ limits: RequestLimits) {
        var parser = RequestParser(limits: limits)
        for piece in pieces {
            var offset = 0
            while offset < piece.count {
                let before = offset
                switch parser.receive(piece.span, from: &offset) {
                case .incomplete: require(offset == piece.count, "The parser stopped early")
                case .request(let request): requests.append(request)
                case .refused(let refusal):
                    end = .refused(refusal)
                    return
                }
                require(offset > before && offset <= piece.count, "The parser stood still, or went too far")
            }
        }
        end = parser.isBetweenRequests ? .betweenRequests : parser.isReadingBody ? .inBody : .inHead
    }
}

extension ParsedRequest {
    /// What holds for every request that a handler may see.
    fileprivate func check(_ limits: RequestLimits) {
        require(body.count <= limits.maxBodyBytes, "The body has \(body.count) bytes")
        require(headers.count <= limits.maxHeaderCount, "There are \(headers.count) fields")
        require(target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "The target has blanks or controls")
        require(headers.all(.host).count <= 1, "There are two hosts")
        for (name, value) in headers {
            require(!name.isEmpty && name.utf8.allSatisfy(ASCII.isToken), "\(name) is no name")
            require(value.utf8.allSatisfy(ASCII.isFieldContent), "\(value) has controls")
            require(trimmed(value) == value, "\(value) has blanks around it")
        }
        let request = HTTPRequest(method: method, target: target, headers: headers, body: body)
        require(request.path.hasPrefix("/") || request.path == "*", "\(request.path) is no path")
        _ = request.query
        require(ParserRun([written], limits.wide).requests == [self], "Written down, it is another request")
    }

    /// The request as a client would have sent it.
    private var written: [UInt8] {
        var text = Array("\(method.rawValue) \(target) HTTP/1.\(isOldVersion ? 0 : 1)\r\n".utf8)
        for (name, value) in headers { text += Array("\(name): \(value)\r\n".utf8) }
        text += Array("\r\n".utf8)
        guard headers.contains(.transferEncoding) else { return text + body }
        if !body.isEmpty { text += Array((String(body.count, radix: 16) + "\r\n").utf8) + body + Array("\r\n".utf8) }
        return text + Array("0\r\n\r\n".utf8)
    }

    private func trimmed(_ text: String) -> String {
        var bytes = Array(text.utf8)[...]
        while let first = bytes.first, RequestHead.isBlank(first) { bytes.removeFirst() }
        while let last = bytes.last, RequestHead.isBlank(last) { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension RequestLimits {
    /// Written down, a request may take more room than it came in: blanks behind colons.
    fileprivate var wide: RequestLimits {
        var limits = self
        limits.maxHeaderBytes *= 2
        return limits
    }
}
