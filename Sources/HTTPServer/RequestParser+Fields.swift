import HTTP

/// Field lines, of the header and of a trailer.
extension RequestParser {
    mutating func receiveFieldStart(_ byte: UInt8, _ offset: inout Int) throws(RequestRefusal) {
        switch byte {
        case ASCII.carriageReturn:
            try count(1)
            offset += 1
            state = .headLineFeed
        case ASCII.space, ASCII.tab: throw isInTrailer ? .malformedTrailer : .foldedField
        default:
            guard ASCII.isToken(byte) else { throw isInTrailer ? .malformedTrailer : .malformedFieldName }
            guard head.sectionFields < limits.maxHeaderCount else {
                throw isInTrailer ? .trailerTooLarge : .tooManyFields
            }
            head.sectionFields += 1
            if isInTrailer { head.bytes.removeAll(keepingCapacity: true) }
            head.nameStart = head.bytes.count
            state = .fieldName
        }
    }

    mutating func receiveFieldName(_ input: Span<UInt8>, _ offset: inout Int) throws(RequestRefusal) {
        let start = offset
        while offset < input.count, ASCII.isToken(input[offset]) { offset += 1 }
        try count(offset - start)
        head.bytes.append(input, start..<offset)
        guard offset < input.count else { return }
        try expect(input[offset], ASCII.colon, or: isInTrailer ? .malformedTrailer : .malformedFieldName)
        try count(1)
        offset += 1
        head.valueStart = head.bytes.count
        state = .fieldBlank
    }

    mutating func receiveFieldBlank(_ input: Span<UInt8>, _ offset: inout Int) throws(RequestRefusal) {
        let start = offset
        while offset < input.count, RequestHead.isBlank(input[offset]) { offset += 1 }
        try count(offset - start)
        if offset < input.count { state = .fieldValue }
    }

    mutating func receiveFieldValue(_ input: Span<UInt8>, _ offset: inout Int) throws(RequestRefusal) {
        let start = offset
        while offset < input.count, ASCII.isFieldContent(input[offset]) { offset += 1 }
        try count(offset - start)
        head.bytes.append(input, start..<offset)
        guard offset < input.count else { return }
        switch input[offset] {
        case ASCII.carriageReturn:
            // The line feed is counted here as well.
            try count(2)
            offset += 1
            try finishField()
            state = .fieldLineFeed
        case ASCII.lineFeed: throw isInTrailer ? .malformedTrailer : .malformedLineEnd
        default: throw isInTrailer ? .malformedTrailer : .malformedFieldValue
        }
    }

    private mutating func count(_ bytes: Int) throws(RequestRefusal) {
        head.sectionBytes += bytes
        if head.sectionBytes > limits.maxHeaderBytes { throw isInTrailer ? .trailerTooLarge : .headerTooLarge }
    }

    private mutating func finishField() throws(RequestRefusal) {
        var end = head.bytes.count
        while end > head.valueStart, RequestHead.isBlank(head.bytes[end - 1]) { end -= 1 }
        head.bytes.removeLast(head.bytes.count - end)
        let value = head.valueStart..<end
        if head.bytes[value].contains(where: { $0 >= 0x80 }),
            String(validating: head.bytes[value], as: UTF8.self) == nil
        {
            throw isInTrailer ? .malformedTrailer : .malformedFieldValue
        }
        // Trailer fields are checked for their form and dropped: nothing here may depend on them.
        guard !isInTrailer else { return }
        let name = head.nameStart..<head.valueStart
        head.fields.append(
            HTTPHeaders.Field(
                nameStart: name.lowerBound,
                nameCount: name.count,
                valueStart: value.lowerBound,
                valueCount: value.count
            )
        )
        try interpret(name, value)
    }

    /// Acts on the fields that frame the message.
    private mutating func interpret(_ name: Range<Int>, _ value: Range<Int>) throws(RequestRefusal) {
        switch name.count {
        case 4 where head.isWord(name, "host"):
            guard head.host == nil else { throw .repeatedHost }
            guard isHost(value) else { throw .malformedHost }
            head.host = value
        case 6 where head.isWord(name, "expect"):
            guard head.isWord(value, "100-continue") else { throw .unknownExpectation }
            head.expectsContinue = true
        case 10 where head.isWord(name, "connection"):
            if head.listMembers(value).contains(where: { head.isWord($0, "close") }) { head.wantsClose = true }
        case 14 where head.isWord(name, "content-length"): try interpretLength(value)
        case 17 where head.isWord(name, "transfer-encoding"): try interpretEncoding(value)
        default: break
        }
    }

    private mutating func interpretLength(_ value: Range<Int>) throws(RequestRefusal) {
        guard head.contentLength == nil else { throw .repeatedLength }
        guard !value.isEmpty, head.bytes[value].allSatisfy(ASCII.isDigit) else { throw .malformedLength }
        var length = 0
        for byte in head.bytes[value] {
            // Above any limit it does not matter by how much.
            length = min(length, 1 << 50) * 10 + Int(byte & 15)
        }
        head.contentLength = length
    }

    private mutating func interpretEncoding(_ value: Range<Int>) throws(RequestRefusal) {
        guard !head.hasEncoding else { throw .malformedEncoding }
        head.hasEncoding = true
        let codings = head.listMembers(value)
        let chunked = codings.filter { head.isWord($0, "chunked") }.count
        guard codings.allSatisfy({ !$0.isEmpty }), chunked <= 1 else { throw .malformedEncoding }
        guard chunked == codings.count else { throw .unknownEncoding }
        head.isChunked = true
    }

    /// Whether a value is a name or an address with an optional port.
    private func isHost(_ value: Range<Int>) -> Bool {
        let host = head.bytes[value]
        var rest: ArraySlice<UInt8>
        if host.first == UInt8(ascii: "[") {
            guard let end = host.firstIndex(of: UInt8(ascii: "]")), end > host.startIndex + 2 else { return false }
            let isAddress = host[(host.startIndex + 1)..<end].allSatisfy { byte in
                ASCII.hexValue(byte) != nil || byte == ASCII.colon || byte == UInt8(ascii: ".")
            }
            guard isAddress else { return false }
            rest = host[(end + 1)...]
        } else {
            rest = host.drop { ASCII.isAlphanumeric($0) || "-._~".utf8.contains($0) }
            guard rest.startIndex > host.startIndex else { return false }
        }
        guard let colon = rest.popFirst() else { return true }
        return colon == ASCII.colon && rest.count <= 5 && rest.allSatisfy(ASCII.isDigit)
    }
}
