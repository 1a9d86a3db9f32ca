/// What happens when nothing happens.
extension Connection {
    /// What a connection waits for, and until when.
    private enum Wait {
        case clientToClose(Int64)
        case clientToRead(Int64)
        case header(Int64)
        case body(Int64)
        case nextRequest(Int64)
        case heartbeat(Int64)

        var deadline: Int64 {
            switch self {
            case .clientToClose(let time), .clientToRead(let time), .header(let time), .body(let time),
                .nextRequest(let time), .heartbeat(let time):
                time
            }
        }
    }

    /// Everything that is waited for now; nothing while a worker has the request.
    private var waits: [Wait] {
        if phase == .lingering { return [.clientToClose(lastUse + loop.times.linger)] }
        var waits: [Wait] = []
        if waitingOutput > 0 {
            waits.append(.clientToRead(lastUse + loop.times.write))
        } else if let stream = exchanges.first?.stream, stream.isRunning, stream.isEventStream {
            waits.append(.heartbeat(lastUse + loop.times.heartbeat))
        }
        guard phase == .open else { return waits }
        if let bodyStart {
            // Who was not yet told to continue is not late.
            if !parser.awaitsContinue { waits.append(.body(bodyStart + loop.times.body)) }
        } else if let requestStart {
            waits.append(.header(requestStart + loop.times.header))
        } else if exchanges.isEmpty, waitingOutput == 0 {
            waits.append(.nextRequest(lastUse + loop.times.idle))
        }
        return waits
    }

    /// Sees to it that the loop looks at the connection in time.
    func queueDeadline() {
        guard let deadline = waits.lazy.map(\.deadline).min(), deadline < queuedDeadline ?? .max else { return }
        queuedDeadline = deadline
        loop.deadlines.insert(id, at: deadline)
    }

    /// Looks whether something is overdue.
    func passDeadline() {
        for wait in waits where wait.deadline <= loop.now {
            switch wait {
            case .clientToClose, .nextRequest: close(because: .finished)
            case .clientToRead: close(because: .disconnected)
            case .header: refuse(.headerTimeout)
            case .body: refuse(.bodyTimeout)
            case .heartbeat: writeHeartbeat()
            }
            if phase == .closed { return }
        }
        queueDeadline()
    }
}
