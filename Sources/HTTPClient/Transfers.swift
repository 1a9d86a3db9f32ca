import CCurl

/// The exchanges that are under way: libcurl's loop and what is in it. Touched by one thread at a time.
package final class Transfers {
    private let destination: Destination
    private let multi: UnsafeMutableRawPointer
    private var transfers: [ExchangeID: Transfer] = [:]
    /// Exchanges that could not even be begun.
    private var stillborn: [ExchangeID] = []

    /// Starts libcurl.
    ///
    /// - Returns: `nil` if it cannot be started.
    package init?(to destination: Destination) {
        guard ccurl_global_init() == CURLE_OK, let multi = curl_multi_init() else { return nil }
        self.destination = destination
        self.multi = multi
    }

    deinit {
        for transfer in transfers.values { curl_multi_remove_handle(multi, transfer.handle) }
        transfers = [:]
        curl_multi_cleanup(multi)
    }

    /// Begins an exchange; what becomes of it is told by ``advance()``.
    package func start(_ id: ExchangeID, _ request: OutgoingRequest) {
        guard let transfer = Transfer(id, request, to: destination),
            curl_multi_add_handle(multi, transfer.handle) == CURLM_OK
        else { return stillborn.append(id) }
        transfers[id] = transfer
    }

    /// Breaks an exchange off; nothing more is told of it.
    package func drop(_ id: ExchangeID) {
        guard let transfer = transfers.removeValue(forKey: id) else { return }
        // From here on libcurl does not call back.
        curl_multi_remove_handle(multi, transfer.handle)
    }

    /// Sends and receives whatever can be at once, and gives what happened.
    package func advance() -> [TransferEvent] {
        var running: CInt = 0
        curl_multi_perform(multi, &running)
        var events = stillborn.map { id in
            let failure = TransferFailure(isUnsent: true, isLasting: false, reason: "libcurl has no memory left")
            return TransferEvent.end(id, failure)
        }
        stillborn = []
        for transfer in transfers.values.sorted(by: { $0.id.number < $1.id.number }) { events += transfer.takeEvents() }
        var left: CInt = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let transfer = transfers.values.first(where: { $0.handle == handle })
            else { continue }
            let failure = transfer.failure(message.pointee.data.result)
            // The message is gone with this call, so it has been read.
            drop(transfer.id)
            events.append(.end(transfer.id, failure))
        }
        return events
    }

    /// Ends a wait at once; of all here the one thing that other threads may do.
    package func wake() { curl_multi_wakeup(multi) }

    /// Waits until an exchange or one of the descriptors has something, or the time is over.
    package func wait(readable: [CInt] = [], writable: [CInt] = [], for time: Duration) {
        var others =
            readable.map { curl_waitfd(fd: $0, events: Int16(CURL_WAIT_POLLIN), revents: 0) }
            + writable.map { curl_waitfd(fd: $0, events: Int16(CURL_WAIT_POLLOUT), revents: 0) }
        var count: CInt = 0
        // Rounded up: before the time is over there would be nothing to do.
        let milliseconds = CInt(clamping: Int64((time / .milliseconds(1)).rounded(.up)))
        curl_multi_poll(multi, &others, CUnsignedInt(others.count), milliseconds, &count)
    }
}
