import Testing

@testable import MCP

@Suite("A header that repeats text of the body")
struct HeaderTextTests {
    @Test(
        "is decoded between its marks and taken literally without them",
        arguments: [
            ("invoices.find", "invoices.find"), ("", ""), ("=?base64?ZWNobw==?=", "echo"), ("=?base64??=", ""),
            ("=?base64?w6TDtg==?=", "äö"), ("=?base64?PT9iYXNlNjQ/YT89?=", "=?base64?a?="),
            ("=?BASE64?ZWNobw==?=", "=?BASE64?ZWNobw==?="), ("=?base64?ZWNobw==", "=?base64?ZWNobw=="),
            ("x=?base64?ZWNobw==?=", "x=?base64?ZWNobw==?="), ("=?base64?ZWNobw==?=x", "=?base64?ZWNobw==?=x"),
            ("=?base64?=", "=?base64?="), ("=?utf-8?ZWNobw==?=", "=?utf-8?ZWNobw==?="),
            ("=?base64?ZWNobw?=", nil), ("=?base64?ZWNobw=?=", nil), ("=?base64?ZWNo bw==?=", nil),
            ("=?base64?ZWNob-==?=", nil), ("=?base64?ZWNobx==?=", nil), ("=?base64?/w==?=", nil),
            ("=?base64?7aCA?=", nil), ("=?base64?äöü=?=", nil), ("=?base64?=?=", nil),
        ] as [(String, String?)]
    )
    func decode(value: String, expected: String?) {
        #expect(HeaderText.decode(value).map { Array($0.utf8) } == expected.map { Array($0.utf8) })
    }
}
