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

    @Test(
        "is encoded where a header would not carry it unchanged, and only there",
        arguments: [
            ("invoices.find", "invoices.find"), ("", ""), ("a b", "a b"), ("äö", "=?base64?w6TDtg==?="),
            (" a", "=?base64?IGE=?="), ("a ", "=?base64?YSA=?="), ("a\tb", "=?base64?YQli?="),
            ("a\r\nb", "=?base64?YQ0KYg==?="), ("\u{7F}", "=?base64?fw==?="),
            ("=?base64?YQ==?=", "=?base64?PT9iYXNlNjQ/WVE9PT89?="), ("=?base64?=", "=?base64?="),
            ("=?BASE64?YQ==?=", "=?BASE64?YQ==?="),
        ]
    )
    func encode(text: String, expected: String) {
        #expect(HeaderText.encode(text) == expected)
        #expect(HeaderText.decode(expected).map { Array($0.utf8) } == Array(text.utf8))
    }
}
