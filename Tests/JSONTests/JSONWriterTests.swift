import JSON
import Testing

@Suite("The writer")
struct JSONWriterTests {
    @Test(
        "escapes what must be escaped and nothing else",
        arguments: [
            ("", #""""#), ("plain", #""plain""#), ("\"", #""\"""#), ("\\", #""\\""#), ("/", #""/""#),
            ("\u{8}\u{C}\n\r\t", #""\b\f\n\r\t""#),
            ("\u{0}\u{1F}", #""\u0000\u001f""#), ("\u{7F}é😀\u{2028}", "\"\u{7F}é😀\u{2028}\""),
            ("a\"b\\c\nd", #""a\"b\\c\nd""#),
        ]
    )
    func strings(text: String, expected: String) {
        #expect(RawJSON(.string(text)).text == expected)
        var writer = JSONWriter()
        writer.write(quoting: Array(text.utf8))
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }

    @Test("escapes every byte below 0x80 so that it reads back", arguments: UInt8(0)..<0x80)
    func everyByte(byte: UInt8) throws {
        let text = "a\(String(UnicodeScalar(byte)))z"
        #expect(try JSONDocument(RawJSON(.string(text)).bytes).root.string == text)
    }

    @Test("quotes JSON so that the text reads back as the same document")
    func quoting() throws {
        let inner = #"{"name":"Jörg \"x\" \\ \u0001","list":[1,2,{"deep":"\n"}]}"#
        var writer = JSONWriter()
        writer.beginArray()
        writer.write(quoting: Array(inner.utf8))
        writer.write(quoting: [])
        writer.endArray()
        #expect(try JSONDocument(writer.bytes).root[0]?.string == inner)
        #expect(try JSONDocument(writer.bytes).root[1]?.string == "")
    }

    @Test(
        "writes numbers in the shortest form that reads back",
        arguments: [
            (.integer(.min), "-9223372036854775808"), (.integer(.max), "9223372036854775807"), (.double(0.1), "0.1"),
            (.double(1), "1.0"),
            (.double(1e300), "1e+300"), (.double(.leastNonzeroMagnitude), "5e-324"), (.double(.infinity), "null"),
            (.double(.nan), "null"),
        ] as [(JSONValue, String)]
    )
    func numbers(value: JSONValue, expected: String) {
        #expect(RawJSON(value).text == expected)
    }

    @Test("puts commas where they belong")
    func commas() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.write("a", [1, [], [:], "x"])
        writer.key("b")
        writer.write(raw: "[true]")
        writer.key("c")
        writer.beginArray()
        writer.beginObject()
        writer.endObject()
        writer.write(bool: false)
        writer.write(nil)
        writer.endArray()
        writer.write(members: [JSONMember("d", 1), JSONMember("e", 2.5)])
        writer.endObject()
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"a":[1,[],{},"x"],"b":[true],"c":[{},false,null],"d":1,"e":2.5}"#
        )
    }

    @Test("values are looked up by name and position")
    func lookup() {
        let value: JSONValue = ["a": [1, "x"], "b": nil]
        #expect(value["a"]?[1]?.string == "x")
        #expect(value["a"]?[0]?.integer == 1)
        #expect(value["b"] == .some(.null))
        #expect(value["c"] == nil)
        #expect(value["a"]?[2] == nil)
    }
}
