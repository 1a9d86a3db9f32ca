import Foundation
import HTTP
import Testing

@testable import HTTPServer

/// Parses the cases of `differential/compare.py`, which compares the results with other parsers.
///
/// That script runs this suite and says by two variables where the cases are and where the results go. A case is four
/// bytes of length, big-endian, and the bytes; a result is a line of JSON.
@Suite("The request parser, for comparison with others,")
struct RequestParserDifferentialTests {
    private static let cases = ProcessInfo.processInfo.environment["WORKPORT_DIFFERENTIAL_CASES"]
    private static let results = ProcessInfo.processInfo.environment["WORKPORT_DIFFERENTIAL_RESULTS"]

    @Test("parses every case", .enabled(if: cases != nil && results != nil))
    func parse() throws {
        let input = [UInt8](try Data(contentsOf: URL(fileURLWithPath: try #require(Self.cases))))
        var lines = Data()
        var random = SplitMix(seed: 1)
        var offset = 0
        while offset < input.count {
            let length = input[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
            let bytes = Array(input[offset + 4..<offset + 4 + length])
            offset += 4 + length
            let run = ParserRun([bytes[...]])
            #expect(run == ParserRun(random.cut(bytes)))
            lines += try JSONSerialization.data(withJSONObject: Self.result(run)) + Data("\n".utf8)
        }
        #expect(!lines.isEmpty)
        try lines.write(to: URL(fileURLWithPath: try #require(Self.results)))
    }

    /// What was read up to the first request after which a connection ends.
    private static func result(_ run: ParserRun) -> [String: Any] {
        let last = run.requests.firstIndex { !$0.keepsConnection }
        let requests = run.requests[..<(last.map { $0 + 1 } ?? run.requests.count)]
        return [
            "end": last != nil
                ? "closed" : run.refusal?.rawValue ?? (run.end == .betweenRequests ? "complete" : "incomplete"),
            "refused": last == nil && run.refusal != nil,
            "requests": requests.map { request in
                [
                    "method": request.method.rawValue,
                    "target": request.target,
                    "headers": request.headers.map { [$0.name.lowercased(), hex(Array($0.value.utf8))] },
                    "body": hex(request.body),
                ]
            },
        ]
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
