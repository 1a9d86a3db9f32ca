import HTTP
import Testing

@testable import HTTPServer

/// What the parser made of a whole input.
struct ParserRun: Equatable {
    enum End: Equatable {
        case betweenRequests, inHead, inBody
        case refused(RequestRefusal)
    }

    var requests: [ParsedRequest] = []
    var end = End.betweenRequests

    var refusal: RequestRefusal? { if case .refused(let refusal) = end { refusal } else { nil } }

    /// Feeds the pieces one after the other, and checks that each call moves forward.
    init(_ pieces: [ArraySlice<UInt8>], limits: RequestLimits = RequestLimits()) {
        var parser = RequestParser(limits: limits)
        for piece in pieces {
            let bytes = Array(piece)
            var offset = 0
            while offset < bytes.count {
                let before = offset
                let progress = parser.receive(bytes.span, from: &offset)
                precondition(offset >= before && offset <= bytes.count, "The parser went backwards or too far")
                switch progress {
                case .incomplete: precondition(offset == bytes.count, "The parser stopped early")
                case .request(let request):
                    precondition(offset > before, "A request came from nothing")
                    requests.append(request)
                case .refused(let refusal):
                    end = .refused(refusal)
                    return
                }
            }
        }
        end = parser.isBetweenRequests ? .betweenRequests : parser.isReadingBody ? .inBody : .inHead
    }

    /// Feeds the bytes at once, byte by byte and cut at random, and expects the same each time.
    static func agreed(_ bytes: [UInt8], limits: RequestLimits = RequestLimits()) -> ParserRun {
        let whole = ParserRun([bytes[...]], limits: limits)
        #expect(ParserRun(bytes.indices.map { bytes[$0...$0] }, limits: limits) == whole, "byte by byte")
        var random = SplitMix(seed: UInt64(bytes.count))
        for _ in 0..<8 {
            #expect(ParserRun(random.cut(bytes), limits: limits) == whole, "cut at random")
        }
        return whole
    }

    static func agreed(_ text: String, limits: RequestLimits = RequestLimits()) -> ParserRun {
        agreed(Array(text.utf8), limits: limits)
    }
}

/// Random numbers that are the same in every run.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// Cuts bytes into one to five pieces.
    mutating func cut(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        let count = Int(next() % 5)
        let cuts = [0] + (0..<count).map { _ in Int(next() % UInt64(bytes.count + 1)) }.sorted() + [bytes.count]
        return zip(cuts, cuts.dropFirst()).map { bytes[$0..<$1] }
    }
}
