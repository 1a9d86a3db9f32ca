/// Server-sent events, as bytes (WHATWG HTML section 9.2).
package enum EventStream {
    /// The header of an answer that is an event stream: no cache and no proxy may hold events back.
    package static var headers: HTTPHeaders {
        [
            .contentType: "text/event-stream",
            .cacheControl: "no-cache, no-transform",
            .xAccelBuffering: "no",
        ]
    }

    /// A comment that keeps the connection in use; clients skip it.
    package static var heartbeat: [UInt8] { Array(": \n\n".utf8) }

    /// Tells a client how many milliseconds to wait before it comes back; no event, for it has no data.
    package static func pause(_ retry: Int) -> [UInt8] { Array("retry: \(retry)\n\n".utf8) }

    /// One event.
    ///
    /// - Parameters:
    ///   - data: The text; each of its lines becomes a `data` line. An empty text gives one empty `data` line.
    ///   - id: Where a client resumes. Line ends and NUL are left out.
    ///   - name: The event's type; clients take `message` when there is none.
    ///   - retry: How many milliseconds a client shall wait before it comes back.
    package static func event(data: [UInt8], id: String? = nil, name: String? = nil, retry: Int? = nil) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.count + 64)
        if let id { appendLine("id: ", id.utf8, to: &bytes) }
        if let name { appendLine("event: ", name.utf8, to: &bytes) }
        if let retry { appendLine("retry: ", String(retry).utf8, to: &bytes) }
        bytes.append(contentsOf: "data: ".utf8)
        var previous: UInt8 = 0
        for byte in data {
            if byte == ASCII.lineFeed, previous == ASCII.carriageReturn {
                // The carriage return has begun the line.
            } else if byte == ASCII.lineFeed || byte == ASCII.carriageReturn {
                bytes.append(contentsOf: "\ndata: ".utf8)
            } else {
                bytes.append(byte)
            }
            previous = byte
        }
        bytes.append(contentsOf: "\n\n".utf8)
        return bytes
    }

    private static func appendLine(_ field: String, _ value: String.UTF8View, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: field.utf8)
        bytes.append(contentsOf: value.lazy.filter { $0 != 0 && $0 != ASCII.lineFeed && $0 != ASCII.carriageReturn })
        bytes.append(ASCII.lineFeed)
    }
}
