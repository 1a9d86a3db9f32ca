import HTTP

/// The request line: method, target, version.
extension RequestParser {
    /// Longer than any method that is registered.
    private static var maxMethodBytes: Int { 32 }

    mutating func receiveStart(_ byte: UInt8, _ offset: inout Int) throws(RequestRefusal) {
        if byte == ASCII.carriageReturn, case .start = state {
            // RFC 9112 section 2.2: an empty line before a request is ignored; old clients sent one behind a body.
            offset += 1
            state = .startLineFeed
        } else {
            guard ASCII.isToken(byte) else { throw .malformedMethod }
            head.bytes.reserveCapacity(1024)
            head.fields.reserveCapacity(16)
            state = .method
        }
    }

    mutating func receiveMethod(_ input: Span<UInt8>, _ offset: inout Int) throws(RequestRefusal) {
        let start = offset
        while offset < input.count, ASCII.isToken(input[offset]) { offset += 1 }
        head.bytes.append(input, start..<offset)
        guard head.bytes.count <= Self.maxMethodBytes else { throw .methodTooLong }
        guard offset < input.count else { return }
        try expect(input[offset], ASCII.space, or: .malformedMethod)
        offset += 1
        head.method = method(head.bytes)
        guard head.method.rawValue != "CONNECT" else { throw .connectNotServed }
        head.bytes.removeAll(keepingCapacity: true)
        state = .target
    }

    private func method(_ bytes: [UInt8]) -> HTTPMethod {
        HTTPMethod(rawValue: String(decoding: bytes, as: UTF8.self))
    }

    mutating func receiveTarget(_ input: Span<UInt8>, _ offset: inout Int) throws(RequestRefusal) {
        let start = offset
        while offset < input.count, input[offset] > 0x20, input[offset] < 0x7F, input[offset] != UInt8(ascii: "#") {
            offset += 1
        }
        head.bytes.append(input, start..<offset)
        guard head.bytes.count <= limits.maxTargetBytes else { throw .targetTooLong }
        guard offset < input.count else { return }
        let isWholeLine = input[offset] == ASCII.carriageReturn || input[offset] == ASCII.lineFeed
        try expect(input[offset], ASCII.space, or: isWholeLine ? .malformedVersion : .malformedTarget)
        offset += 1
        try checkTarget()
        head.target = String(decoding: head.bytes, as: UTF8.self)
        state = .version
    }

    private func checkTarget() throws(RequestRefusal) {
        let target = head.bytes
        guard let first = target.first else { throw .malformedTarget }
        if first == UInt8(ascii: "*") {
            guard target.count == 1, head.method == .options else { throw .malformedTarget }
        } else if first != UInt8(ascii: "/") {
            // The absolute form; its authority is compared with Host when the header is complete.
            guard let authority = absoluteAuthority, !authority.isEmpty else { throw .malformedTarget }
        }
        var index = 0
        while index < target.count {
            if target[index] == UInt8(ascii: "%") {
                guard index + 2 < target.count, ASCII.hexValue(target[index + 1]) != nil,
                    ASCII.hexValue(target[index + 2]) != nil
                else { throw .malformedTarget }
            }
            index += 1
        }
    }

    /// Where the authority is in a target of absolute form.
    private var absoluteAuthority: Range<Int>? {
        for (length, prefix) in [(7, "http://"), (8, "https://")] as [(Int, StaticString)]
        where head.bytes.count >= length && head.isWord(0..<length, prefix) {
            let end = head.bytes[length...].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
            return length..<(end ?? head.bytes.count)
        }
        return nil
    }

    mutating func receiveVersion(_ input: Span<UInt8>, _ offset: inout Int) throws(RequestRefusal) {
        while offset < input.count {
            let byte = input[offset]
            offset += 1
            if byte == ASCII.carriageReturn {
                try checkVersion()
                keepAuthority()
                state = .requestLineFeed
                return
            }
            guard byte != ASCII.lineFeed else { throw .malformedLineEnd }
            guard head.versionCount < 8 else { throw .malformedVersion }
            head.version = head.version << 8 | UInt64(byte)
            head.versionCount += 1
        }
    }

    private mutating func checkVersion() throws(RequestRefusal) {
        guard head.versionCount == 8 else { throw .malformedVersion }
        switch head.version {
        case 0x4854_5450_2F31_2E31: head.isOldVersion = false
        case 0x4854_5450_2F31_2E30: head.isOldVersion = true
        default:
            let major = UInt8(truncatingIfNeeded: head.version >> 16)
            let dot = UInt8(truncatingIfNeeded: head.version >> 8)
            let minor = UInt8(truncatingIfNeeded: head.version)
            let isWellFormed =
                head.version >> 24 == 0x48_5454_502F && ASCII.isDigit(major) && dot == UInt8(ascii: ".")
                && ASCII.isDigit(minor)
            throw isWellFormed ? .versionNotSupported : .malformedVersion
        }
    }

    /// Leaves in the buffer only the target's authority, in front of the fields.
    private mutating func keepAuthority() {
        if head.bytes.first != UInt8(ascii: "/"), let authority = absoluteAuthority {
            head.bytes.replaceSubrange(0..<head.bytes.count, with: Array(head.bytes[authority]))
            head.authorityCount = head.bytes.count
        } else {
            head.bytes.removeAll(keepingCapacity: true)
        }
    }
}
