import HTTP

/// From the end of the header to the end of the request: a body of known length, or chunks and a trailer.
extension RequestParser {
    /// A larger body grows while it arrives, so that a declared length alone costs no memory.
    private static var maxReservedBytes: Int { 64 << 10 }

    /// Decides how the body is framed.
    ///
    /// - Returns: Whether there is none, so that the request is complete.
    mutating func beginBody() throws(RequestRefusal) -> Bool {
        try checkHost()
        if head.hasEncoding {
            guard head.contentLength == nil else { throw .lengthAndEncoding }
            guard !head.isOldVersion else { throw .encodingInOldVersion }
            state = .chunkSize
        } else {
            let length = head.contentLength ?? 0
            guard length <= limits.maxBodyBytes else { throw .bodyTooLarge }
            guard length > 0 else { return true }
            body.reserveCapacity(min(length, Self.maxReservedBytes))
            remaining = length
            state = .body
        }
        awaitsContinue = head.expectsContinue && !head.isOldVersion
        return false
    }

    private func checkHost() throws(RequestRefusal) {
        guard let host = head.host else {
            if head.isOldVersion, head.authorityCount == 0 { return }
            throw .missingHost
        }
        guard head.authorityCount > 0 else { return }
        let isSame = head.bytes[..<head.authorityCount].elementsEqual(head.bytes[host]) { one, other in
            ASCII.lowercased(one) == ASCII.lowercased(other)
        }
        guard isSame else { throw .differingAuthority }
    }

    mutating func receiveBody(_ input: Span<UInt8>, _ offset: inout Int) -> Bool {
        awaitsContinue = false
        let count = min(remaining, input.count - offset)
        body.append(input, offset..<offset + count)
        offset += count
        remaining -= count
        return remaining == 0
    }

    mutating func receiveChunkSize(_ input: Span<UInt8>, _ offset: inout Int) throws(RequestRefusal) {
        awaitsContinue = false
        while offset < input.count {
            let byte = input[offset]
            guard let digit = ASCII.hexValue(byte) else {
                guard chunkDigits > 0 else { throw .malformedChunk }
                return try receiveChunkSizeDelimiter(byte, &offset)
            }
            chunkDigits += 1
            guard chunkDigits <= 16 else { throw .malformedChunk }
            remaining = min(remaining, 1 << 50) << 4 | Int(digit)
            offset += 1
        }
    }

    private mutating func receiveChunkSizeDelimiter(_ byte: UInt8, _ offset: inout Int) throws(RequestRefusal) {
        switch byte {
        case ASCII.carriageReturn: state = .chunkSizeLineFeed
        case UInt8(ascii: ";"): state = .chunkExtensionStart
        default: throw .malformedChunk
        }
        offset += 1
    }

    /// Extensions mean nothing here; they are counted, have a name each, and may hold what a field's value may.
    mutating func receiveChunkExtension(_ byte: UInt8, _ offset: inout Int) throws(RequestRefusal) {
        try countExtension()
        switch byte {
        case ASCII.carriageReturn: state = .chunkSizeLineFeed
        case UInt8(ascii: ";"): state = .chunkExtensionStart
        default: guard ASCII.isFieldContent(byte) else { throw .malformedChunk }
        }
        offset += 1
    }

    private mutating func countExtension() throws(RequestRefusal) {
        chunkExtensionBytes += 1
        if chunkExtensionBytes > limits.maxChunkExtensionBytes { throw .chunkExtensionsTooLarge }
    }

    mutating func receiveChunkSizeEnd(_ byte: UInt8, _ offset: inout Int) throws(RequestRefusal) {
        try expect(byte, ASCII.lineFeed, or: .malformedChunk)
        offset += 1
        chunkDigits = 0
        if remaining == 0 {
            isInTrailer = true
            trailerBegins()
        } else {
            guard remaining <= limits.maxBodyBytes - body.count else { throw .bodyTooLarge }
            state = .chunkData
        }
    }

    /// From here on the fields' bytes are scratch space, beside those of the header.
    private mutating func trailerBegins() {
        headerBytes = head.bytes
        head.bytes = []
        head.sectionBytes = 0
        head.sectionFields = 0
        state = .fieldStart
    }

    mutating func receiveChunkData(_ input: Span<UInt8>, _ offset: inout Int) {
        let count = min(remaining, input.count - offset)
        body.append(input, offset..<offset + count)
        offset += count
        remaining -= count
        if remaining == 0 { state = .chunkDataReturn }
    }

    mutating func receiveChunkDataReturn(_ byte: UInt8, _ offset: inout Int) throws(RequestRefusal) {
        try expect(byte, ASCII.carriageReturn, or: .malformedChunk)
        offset += 1
        state = .chunkDataLineFeed
    }
}
