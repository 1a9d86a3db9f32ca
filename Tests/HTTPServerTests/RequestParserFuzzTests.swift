import Testing

@testable import HTTPServer

/// Mutates requests and expects that the parser neither crashes nor depends on where the network cuts.
///
/// The seed is fixed, so that a failure comes again.
@Suite("The request parser, fed with mutated requests,")
struct RequestParserFuzzTests {
    static let corpus: [[UInt8]] = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /w/acme/mcp?x=%20 HTTP/1.1\r\nHost: a:80\r\nContent-Length: 5\r\nConnection: close, te\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: [::1]\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nX: y\r\n\r\n",
        "OPTIONS * HTTP/1.0\r\nExpect: 100-continue\r\n\r\n\r\nGET http://b/c HTTP/1.1\r\nHost: b\r\nX: \u{E9}\r\n\r\n",
        "PUT /a HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nxPUT /b HTTP/1.1\r\nHOST: a\r\nContent-Length: 0\r\n\r\n",
    ].map { Array($0.utf8) }

    /// What requests are made of; mutations put these in.
    private static let words: [[UInt8]] = [
        "\r\n", "\n", "\r", " ", "\t", ":", "\u{0}", ";", ",", "%", "[", "0", "1", "a", "f", "-", "chunked", "close",
        "Host: ",
        "Content-Length: ", "Transfer-Encoding: ", "HTTP/1.1", "100-continue", "http://", "\r\n\r\n",
        "99999999999999999999",
        "Expect: ", "\r\n ", "\u{FF}",
    ].map { Array($0.utf8) }

    static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        for _ in 0...random.next() % 4 {
            let place = Int(random.next() % UInt64(bytes.count + 1))
            let end = min(bytes.count, place + Int(random.next() % 6))
            switch random.next() % 6 {
            case 0: bytes.removeSubrange(place..<end)
            case 1: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
            case 2: bytes.insert(contentsOf: words[Int(random.next() % UInt64(words.count))], at: place)
            case 3: bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
            case 4: if place < bytes.count { bytes[place] ^= 1 << UInt8(random.next() % 8) }
            default: bytes.replaceSubrange(place..<end, with: words[Int(random.next() % UInt64(words.count))])
            }
        }
    }

    @Test("never crashes, moves forward only, and does not depend on cuts", arguments: 0..<8)
    func fuzz(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        var limits = RequestLimits()
        limits.maxHeaderBytes = 120
        limits.maxBodyBytes = 64
        limits.maxTargetBytes = 40
        limits.maxHeaderCount = 5
        var (accepted, refused) = (0, 0)
        for round in 0..<25_000 {
            var bytes = Self.corpus[round % Self.corpus.count]
            Self.mutate(&bytes, &random)
            let whole = ParserRun([bytes[...]], limits: limits)
            let cut = ParserRun(random.cut(bytes), limits: limits)
            guard whole == cut else {
                Issue.record("\(String(decoding: bytes, as: UTF8.self).debugDescription): \(whole) and \(cut)")
                return
            }
            accepted += whole.requests.isEmpty ? 0 : 1
            refused += whole.refusal == nil ? 0 : 1
        }
        // Both happen often, or the mutations are too weak or too strong to show anything.
        #expect(accepted > 2_000 && refused > 2_000)
    }
}
