import CCurl
import Glibc
import HTTP

/// One exchange in libcurl. It owns the handle, the list of header lines and the text of the last error, and frees them
/// with itself; by then ``Transfers`` has taken the handle out of its loop.
///
/// Touched by the thread of its ``Transfers`` only, which is also the one on which libcurl calls back.
final class Transfer {
    let id: ExchangeID
    let handle: UnsafeMutableRawPointer
    /// What the callbacks brought since it was last asked.
    private(set) var events: [TransferEvent] = []
    private var head = HeadReader()
    private var fields: UnsafeMutablePointer<curl_slist>?
    private let problem = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// Prepares an exchange; `nil` if libcurl has no memory for it.
    init?(_ id: ExchangeID, _ request: OutgoingRequest, to destination: Destination) {
        guard let handle = curl_easy_init() else { return nil }
        self.id = id
        self.handle = handle
        problem.pointee = 0
        connect(to: destination)
        fill(request, destination)
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(fields)
        problem.deallocate()
    }

    /// Gives what the callbacks brought, once.
    func takeEvents() -> [TransferEvent] {
        defer { events = [] }
        return events
    }

    /// What went wrong, by libcurl's code for the whole exchange; `nil` if nothing did.
    func failure(_ code: CURLcode) -> TransferFailure? {
        guard code != CURLE_OK else { return nil }
        let detail = String(cString: problem)
        let name = String(cString: curl_easy_strerror(code))
        return TransferFailure(
            isUnsent: ccurl_microseconds(handle, CURLINFO_PRETRANSFER_TIME_T) == 0,
            isLasting: Self.lasting.contains(code.rawValue),
            reason: detail.isEmpty ? name : detail
        )
    }

    /// Problems that stay until somebody changes a setting.
    private static let lasting: Set<UInt32> = [
        CURLE_PEER_FAILED_VERIFICATION.rawValue, CURLE_SSL_CACERT_BADFILE.rawValue, CURLE_SSL_ISSUER_ERROR.rawValue,
        CURLE_SSL_INVALIDCERTSTATUS.rawValue, CURLE_UNSUPPORTED_PROTOCOL.rawValue, CURLE_URL_MALFORMAT.rawValue,
    ]

    // MARK: Options

    private func connect(to destination: Destination) {
        ccurl_set_text(handle, CURLOPT_URL, destination.url)
        // Nothing but this scheme, and nowhere else: the credential goes where the URL says.
        ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, destination.isEncrypted ? "https" : "http")
        ccurl_set_number(handle, CURLOPT_FOLLOWLOCATION, 0)
        ccurl_set_number(handle, CURLOPT_SSL_VERIFYPEER, 1)
        ccurl_set_number(handle, CURLOPT_SSL_VERIFYHOST, 2)
        ccurl_set_number(handle, CURLOPT_SSLVERSION, ccurl_tls_1_2())
        if let file = destination.authorities {
            ccurl_set_text(handle, CURLOPT_CAINFO, file)
            ccurl_set_text(handle, CURLOPT_CAPATH, nil)
        }
        // A proxy of the environment would read what is not encrypted.
        if !destination.isEncrypted { ccurl_set_text(handle, CURLOPT_PROXY, "") }
        ccurl_set_number(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        // One exchange a connection, so that its end says that nobody waits any more.
        ccurl_set_number(handle, CURLOPT_HTTP_VERSION, ccurl_http_1_1())
        ccurl_set_number(handle, CURLOPT_NOSIGNAL, 1)
        ccurl_set_number(handle, CURLOPT_CONNECTTIMEOUT_MS, 10_000)
        // Connections that rest longer may be about to be closed by the other side.
        ccurl_set_number(handle, CURLOPT_MAXAGE_CONN, 50)
        // A peer that is gone without a word is noticed within two minutes, however long its answer may take.
        ccurl_set_number(handle, CURLOPT_TCP_KEEPALIVE, 1)
        ccurl_set_number(handle, CURLOPT_TCP_KEEPIDLE, 30)
        ccurl_set_number(handle, CURLOPT_TCP_KEEPINTVL, 10)
        ccurl_set_socket_function(handle, prepareSocket)
        ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, problem)
    }

    private func fill(_ request: OutgoingRequest, _ destination: Destination) {
        switch request.method {
        case .get: ccurl_set_number(handle, CURLOPT_HTTPGET, 1)
        case .post:
            ccurl_set_number(handle, CURLOPT_POST, 1)
            _ = request.body.withUnsafeBytes { ccurl_set_body(handle, $0.baseAddress, $0.count) }
        default: ccurl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
        // libcurl sends again by itself what it sent on a kept connection that turns out to be closed.
        if !request.isRepeatable { ccurl_set_number(handle, CURLOPT_FRESH_CONNECT, 1) }
        if let limit = request.timeLimit {
            ccurl_set_number(handle, CURLOPT_TIMEOUT_MS, Int(limit / .milliseconds(1)))
        }
        for (name, value) in request.headers { add(value.isEmpty ? "\(name);" : "\(name): \(value)") }
        for line in destination.headerLines { add(line) }
        // The body is sent at once, also where libcurl would ask first.
        add("Expect:")
        ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, fields)
        // The context is this object: not retained, since the handle calls back only while `Transfers` holds it.
        let context = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_function(handle, CURLOPT_HEADERFUNCTION, receiveHeader)
        ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        ccurl_set_function(handle, CURLOPT_WRITEFUNCTION, receiveBody)
        ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context)
    }

    private func add(_ line: String) { fields = curl_slist_append(fields, line) ?? fields }

    // MARK: Callbacks

    fileprivate func receive(header line: [UInt8]) {
        if let head = head.read(line) { events.append(.head(id, head)) }
    }

    fileprivate func receive(body bytes: [UInt8]) { events.append(.body(id, bytes)) }
}

/// Has a connection reset when it is closed. One that only ends could be that of a client that has said everything and
/// waits for its answer; what is broken off shall end at the endpoint too. What was answered has arrived in any case.
private func prepareSocket(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ purpose: curlsocktype)
    -> CInt
{
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    return CURL_SOCKOPT_OK
}

/// Takes one line of a head. libcurl calls it on the loop's thread while the transfer is in its loop.
private func receiveHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes, let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    transfer.receive(header: Array(UnsafeRawBufferPointer(start: bytes, count: size * count)))
    return size * count
}

/// Takes a piece of a body, in the same way.
private func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes, let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    transfer.receive(body: Array(UnsafeRawBufferPointer(start: bytes, count: size * count)))
    return size * count
}
