import CLinux
import Glibc
import HTTP

/// From the socket to the handler.
extension Connection {
    /// Bytes that are read before others get their turn.
    private static var bytesAtATime: Int { 256 << 10 }

    /// Reads and parses until there is nothing more, or enough for now.
    func read() {
        var budget = Self.bytesAtATime
        while wantsInput {
            if !backlog.isEmpty {
                parseBacklog()
            } else if !canRead {
                return
            } else if budget <= 0 {
                return loop.readLater(self)
            } else {
                budget -= readOnce()
            }
        }
    }

    /// Whether bytes would be parsed, or thrown away.
    private var wantsInput: Bool {
        switch phase {
        case .open:
            exchanges.count < loop.configuration.maxPipelined && waitingOutput <= loop.configuration.maxBufferedOutput
        case .lingering: true
        case .finishing, .closed: false
        }
    }

    private func readOnce() -> Int {
        guard let start = loop.readBuffer.baseAddress else { return 0 }
        let count = recv(descriptor, start, loop.readBuffer.count, 0)
        if count > 0 {
            loop.counters.bytesReceived += count
            // Less than asked for means that the socket is empty; a later arrival, or the end, is a new event.
            if count < loop.readBuffer.count, !isHalfClosed { canRead = false }
            if phase == .open { parse(UnsafeBufferPointer(start: start, count: count)) }
            return count
        }
        if count == 0 {
            endOfInput()
        } else {
            switch errno {
            case EAGAIN, EWOULDBLOCK: canRead = false
            case EINTR: break
            default: close(because: .disconnected)
            }
        }
        return 0
    }

    private func endOfInput() {
        canRead = false
        isHalfClosed = true
        if phase == .lingering || exchanges.first?.stream != nil {
            close(because: .disconnected)
        } else {
            // Requests that are complete are still answered; half a one never will be.
            phase = .finishing
            loop.settleLater(self)
        }
    }

    private func parse(_ bytes: UnsafeBufferPointer<UInt8>) {
        let end = parse(bytes.span, from: 0)
        guard end < bytes.count, phase == .open else { return }
        backlog = Array(bytes[end...])
        backlogOffset = 0
    }

    private func parseBacklog() {
        let bytes = backlog
        let end = parse(bytes.span, from: backlogOffset)
        guard phase == .open, end < bytes.count else {
            backlog = []
            return
        }
        backlogOffset = end
    }

    /// Parses for as long as requests are wanted.
    ///
    /// - Returns: Where the first byte is that was not consumed.
    private func parse(_ input: Span<UInt8>, from start: Int) -> Int {
        var offset = start
        while offset < input.count, wantsInput {
            let sighting = parser.isAtStart ? RecentHeads.Sighting(in: input, from: offset) : nil
            if let sighting, let head = loop.heads.find(sighting, in: input, at: loop.now),
                head.bodyCount <= input.count - sighting.range.upperBound
            {
                offset = sighting.range.upperBound + head.bodyCount
                var body: [UInt8] = []
                body.append(input, sighting.range.upperBound..<offset)
                serve(head.request.repeated(body: body, peer: peer, arrival: loop.arrival))
                continue
            }
            switch parser.receive(input, from: &offset) {
            case .incomplete: noteProgress()
            case .request(let parsed):
                let request = HTTPRequest(
                    method: parsed.method, target: parsed.target, headers: parsed.headers, body: parsed.body,
                    peer: peer,
                    arrival: loop.arrival)
                // What came in pieces is not known as a whole.
                if let sighting, parsed.keepsConnection, offset == sighting.range.upperBound + parsed.body.count {
                    loop.heads.keep(request, sighting, in: input)
                }
                serve(request, isOldVersion: parsed.isOldVersion, keepsConnection: parsed.keepsConnection)
            case .refused(let refusal): refuse(refusal)
            }
        }
        return offset
    }

    /// Starts the clocks of a request that is not complete.
    private func noteProgress() {
        guard !parser.isBetweenRequests else { return }
        if requestStart == nil { requestStart = loop.now }
        if parser.isReadingBody, bodyStart == nil { bodyStart = loop.now }
        countBufferedInput(parser.body.count)
        if loop.bufferedInput > loop.configuration.maxBufferedInput { return refuse(.tooManyBytes) }
        loop.settleLater(self)
    }

    /// Says how much of a body this connection holds now.
    func countBufferedInput(_ count: Int) {
        loop.bufferedInput += count - bufferedInput
        bufferedInput = count
    }

    private func serve(_ request: HTTPRequest, isOldVersion: Bool = false, keepsConnection: Bool = true) {
        forgetRequest()
        loop.counters.requests += 1
        let sequence = firstSequence + UInt64(exchanges.count)
        exchanges.append(
            Exchange(
                isHead: request.method == .head,
                isOldVersion: isOldVersion,
                endsConnection: !keepsConnection,
                method: request.method
            )
        )
        if !keepsConnection || loop.isDraining { phase = .finishing }
        let responder = HTTPResponder(
            id: ExchangeID(connection: id, sequence: sequence),
            mailbox: loop.mailbox,
            presence: presence,
            maxStreamBuffer: loop.configuration.maxStreamBuffer
        )
        loop.handler(request, responder)
        loop.settleLater(self)
    }

    /// Answers for the handler, after what came before; the connection ends with it.
    func refuse(_ refusal: RequestRefusal) {
        loop.counters.refusals[refusal, default: 0] += 1
        loop.log(.refused(refusal, peer: peer))
        exchanges.append(Exchange(endsConnection: true, answer: .response(refusal.response)))
        forgetRequest()
        parser = RequestParser(limits: loop.configuration.limits)
        phase = .finishing
        loop.settleLater(self)
    }

    private func forgetRequest() {
        requestStart = nil
        bodyStart = nil
        countBufferedInput(0)
    }
}
