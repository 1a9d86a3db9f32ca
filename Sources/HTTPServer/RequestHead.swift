import HTTP

/// What the parser knows of a request's line and fields so far.
struct RequestHead {
    var method: HTTPMethod = ""
    var target = ""
    var isOldVersion = false
    var wantsClose = false
    /// Names and values one behind the other; before the first field, first the method and then the target.
    var bytes: [UInt8] = []
    var fields: [HTTPHeaders.Field] = []
    /// Bytes of field lines, line ends included; a trailer is counted for itself.
    var sectionBytes = 0
    var sectionFields = 0
    var nameStart = 0
    var valueStart = 0
    /// Bytes at the front that are the authority of a target in absolute form.
    var authorityCount = 0
    /// The last bytes of the request line.
    var version: UInt64 = 0
    var versionCount = 0
    var host: Range<Int>?
    var contentLength: Int?
    var isChunked = false
    var hasEncoding = false
    var expectsContinue = false

    /// Compares part of what was read with a word in small letters.
    func isWord(_ range: Range<Int>, _ word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { word in
            for index in 0..<word.count where ASCII.lowercased(bytes[range.lowerBound + index]) != word[index] {
                return false
            }
            return true
        }
    }

    /// The members of a comma-separated list, without the blanks around them.
    func listMembers(_ range: Range<Int>) -> [Range<Int>] {
        var members: [Range<Int>] = []
        var start = range.lowerBound
        for index in range.lowerBound...range.upperBound
        where index == range.upperBound || bytes[index] == UInt8(ascii: ",") {
            members.append(trimmed(start..<index))
            start = index + 1
        }
        return members
    }

    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper, Self.isBlank(bytes[lower]) { lower += 1 }
        while lower < upper, Self.isBlank(bytes[upper - 1]) { upper -= 1 }
        return lower..<upper
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == ASCII.space || byte == ASCII.tab }
}

extension [UInt8] {
    /// Appends part of a span in one move.
    mutating func append(_ span: Span<UInt8>, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        span.extracting(range).withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}
