import HTTP
import Testing

@Suite("Header fields")
struct HTTPHeadersTests {
    private let headers: HTTPHeaders = ["Content-Type": "text/plain", "X-One": "1", "x-one": "2"]

    @Test("are found however the name is written", arguments: ["content-type", "CONTENT-TYPE", "Content-Type"])
    func lookup(name: String) {
        #expect(headers.first(HTTPHeaderName(rawValue: name)) == "text/plain")
    }

    @Test("keep their order, and all values of a repeated name")
    func order() {
        #expect(headers.all("X-ONE") == ["1", "2"])
        #expect(headers.map(\.name) == ["Content-Type", "X-One", "x-one"])
        #expect(headers.first("X-Two") == nil)
        #expect(!headers.contains("X-On"))
    }

    @Test("that are set replace every field with the name")
    func set() {
        var changed = headers
        changed.set("x-ONE", "3")
        #expect(changed == ["content-type": "text/plain", "X-One": "3"])
    }

    @Test("cannot start a line of their own", arguments: ["a\r\nSet-Cookie: b", "a\nb", "a\u{0}b", "a\u{7F}b"])
    func splitting(value: String) {
        var headers = HTTPHeaders()
        headers.append("X-Value", value)
        var lines: [UInt8] = []
        headers.appendLines(to: &lines)
        #expect(lines.filter { $0 < 0x20 || $0 == 0x7F } == [13, 10])
    }

    @Test("with a name that is no token are left out", arguments: ["", "a b", "a:", "a\r\n", "é"])
    func names(name: String) {
        var headers = HTTPHeaders()
        headers.append(HTTPHeaderName(rawValue: name), "value")
        #expect(headers.count == 0)
    }

    @Test("that frame a message are not written as lines")
    func framing() {
        let headers: HTTPHeaders = [
            "content-length": "7", "Transfer-Encoding": "chunked", "connection": "close", "DATE": "now", "Allow": "GET",
        ]
        var lines: [UInt8] = []
        headers.appendLines(to: &lines)
        #expect(String(decoding: lines, as: UTF8.self) == "Allow: GET\r\n")
    }

    @Test("are equal when names differ in case only")
    func equality() {
        let one: HTTPHeaders = ["Host": "a"]
        #expect(one == ["host": "a"])
        #expect(one != ["Host": "A"])
        #expect(one != ["Host": "a", "Allow": ""])
    }

    @Test("know which bytes a token may have")
    func tokens() {
        let marks = Set("!#$%&'*+-.^_`|~".utf8)
        for byte in UInt8.min...UInt8.max {
            let isAlphanumeric =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            #expect(ASCII.isToken(byte) == (isAlphanumeric || marks.contains(byte)))
            #expect(ASCII.isAlphanumeric(byte) == isAlphanumeric)
        }
    }
}
