import CLinux
import Glibc
import HTTP

/// From answers to the socket.
extension Connection {
    /// Memory for output that a connection keeps while it is idle.
    private static var maxKeptOutput: Int { 16 << 10 }

    /// Writes the answers whose turn it is to the output.
    func writeAnswers() {
        while let exchange = exchanges.first {
            let connection: ResponseWriter.Connection =
                exchange.endsConnection || (phase == .finishing && exchanges.count == 1) ? .ends : .stays
            switch exchange.answer {
            case .waiting: return
            case .response(let response):
                noteOutput()
                ResponseWriter.write(
                    response,
                    isHead: exchange.isHead,
                    connection: connection,
                    date: loop.date.bytes,
                    to: &output
                )
            case .stream(let stream):
                if isHalfClosed, !stream.isEnded {
                    // Nobody is there to listen; see `receive`. What is written so far still goes out.
                    phase = .finishing
                    return abandonExchanges(because: .disconnected)
                }
                if !stream.isRunning { startStream(stream, exchange, connection) }
                guard stream.isEnded else { return }
                finishStream(stream)
            }
            exchanges.removeFirst()
            firstSequence += 1
            if connection == .ends { phase = .finishing }
        }
    }

    private func startStream(_ stream: OpenStream, _ exchange: Exchange, _ connection: ResponseWriter.Connection) {
        stream.isRunning = true
        stream.isChunked = !exchange.isOldVersion
        let hasBody = !exchange.isHead && !stream.status.forbidsBody
        noteOutput()
        ResponseWriter.writeStreamHead(
            stream.status,
            stream.headers,
            framing: stream.status.forbidsBody ? .none : stream.isChunked ? .chunked : .untilClose,
            connection: connection,
            date: loop.date.bytes,
            to: &output
        )
        if connection == .ends { exchanges[0].endsConnection = true }
        if hasBody {
            for bytes in stream.early { write(bytes, of: stream) }
        } else {
            stream.isEnded = true
            stream.isChunked = false
        }
        stream.early = []
    }

    private func finishStream(_ stream: OpenStream) {
        noteOutput()
        if stream.isChunked { ResponseWriter.writeLastChunk(to: &output) }
        loop.counters.streamsOpen -= 1
        stream.shared.close(because: .finished)
    }

    func write(_ bytes: [UInt8], of stream: OpenStream) {
        noteOutput()
        stream.unsent += StreamState.cost(of: bytes)
        if stream.isChunked {
            ResponseWriter.writeChunk(bytes, to: &output)
        } else {
            output.append(contentsOf: bytes)
        }
    }

    /// Starts the write clock if nothing was waiting.
    private func noteOutput() {
        if waitingOutput == 0 { lastUse = loop.now }
    }

    func writeContinueIfAwaited() {
        guard parser.awaitsContinue, phase == .open, exchanges.isEmpty else { return }
        parser.awaitsContinue = false
        bodyStart = loop.now
        noteOutput()
        ResponseWriter.writeContinue(to: &output)
    }

    func writeHeartbeat() {
        guard let stream = exchanges.first?.stream, stream.isRunning else { return }
        let bytes = EventStream.heartbeat
        if stream.isChunked { ResponseWriter.writeChunk(bytes, to: &output) } else { output.append(contentsOf: bytes) }
        lastUse = loop.now
        loop.settleLater(self)
    }

    /// Writes output until it is out or the socket is full.
    func flush() {
        while waitingOutput > 0, canWrite {
            let offset = outputOffset
            let count = output.withUnsafeBytes { bytes in
                linux_send(descriptor, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
            }
            guard count < 0 else {
                noteWritten(count)
                continue
            }
            switch errno {
            case EAGAIN, EWOULDBLOCK: canWrite = false
            case EINTR: break
            default: return close(because: .disconnected)
            }
        }
        trimOutput()
    }

    private func noteWritten(_ count: Int) {
        outputOffset += count
        lastUse = loop.now
        loop.counters.bytesSent += count
        guard let stream = exchanges.first?.stream, stream.unsent > 0 else { return }
        // Framing counts as payload here: the bound is on memory, not an account.
        let taken = waitingOutput == 0 ? stream.unsent : min(count, stream.unsent)
        stream.unsent -= taken
        stream.shared.release(taken)
    }

    private func trimOutput() {
        if waitingOutput == 0 {
            outputOffset = 0
            output.removeAll(keepingCapacity: output.capacity <= Self.maxKeptOutput)
        } else if outputOffset > Self.maxKeptOutput, outputOffset > output.count / 2 {
            output.removeFirst(outputOffset)
            outputOffset = 0
        }
    }
}
