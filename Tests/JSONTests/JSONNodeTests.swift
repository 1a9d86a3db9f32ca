import JSON
import Testing

@Suite("A node")
struct JSONNodeTests {
    private func node(_ text: String) throws -> JSONNode { try JSONDocument(text: text).root }

    @Test(
        "is an integer if its value is whole and fits",
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("1.0", 1), ("1e2", 100), ("1E+2", 100), ("1.50e1", 15), ("100e-2", 1),
            ("0.0", 0), ("0e999999999999999999999", 0), ("-1.0", -1), ("9007199254740993", 9_007_199_254_740_993),
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("-9223372036854775808.0", .min),
            ("9223372036854775807.0", .max), ("0.001e3", 1), ("120e0", 120), ("1.5", nil), ("1e-1", nil),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("9223372036854775808.0", nil),
            ("1e19", nil), ("1e400", nil), ("1e9100000000000000000000", nil), ("1e-9100000000000000000000", nil),
            ("\"1\"", nil), ("true", nil),
        ] as [(String, Int64?)]
    )
    func integers(text: String, expected: Int64?) throws {
        #expect(try node(text).integer == expected)
    }

    @Test(
        "says whether a number is written as an integer",
        arguments: [("1", true), ("1.0", false), ("1e2", false), ("\"1\"", false)])
    func integerLiterals(text: String, expected: Bool) throws {
        #expect(try node(text).isIntegerLiteral == expected)
    }

    @Test(
        "is a double if it is in range",
        arguments: [
            ("0.1", 0.1), ("-1.5e300", -1.5e300), ("5e-324", .leastNonzeroMagnitude), ("1e-400", 0), ("3", 3),
            ("1e400", nil),
            ("\"1\"", nil),
        ]
            as [(String, Double?)]
    )
    func doubles(text: String, expected: Double?) throws {
        #expect(try node(text).double == expected)
    }

    @Test(
        "unescapes its text",
        arguments: [
            (#""""#, ""), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0000\u00e9\u20AC""#, "\u{0}é€"),
            (#""a\ud83d\ude00b""#, "a😀b"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""\uD800\uDC00""#, "\u{10000}"),
            ("\"é€😀\"", "é€😀"), (#""\\u0041""#, "\\u0041"),
        ]
    )
    func strings(text: String, expected: String) throws {
        #expect(try node(text).string.map { Array($0.utf8) } == Array(expected.utf8))
    }

    @Test("finds members by name and elements by position")
    func lookup() throws {
        let root = try node(#"{"list":[1,[2,3],{"x":4}],"\u006eame":"n","é":true,"none":null}"#)
        #expect(root.count == 4)
        #expect(root["list"]?[0]?.integer == 1)
        #expect(root["list"]?[1]?.elements?.map(\.integer) == [2, 3])
        #expect(root["list"]?[2]?["x"]?.integer == 4)
        #expect(root["list"]?[3] == nil)
        #expect(root["list"]?[-1] == nil)
        #expect(root["list"]?["x"] == nil)
        #expect(root["name"]?.string == "n")
        #expect(root["é"]?.bool == true)
        #expect(root["none"]?.isNull == true)
        #expect(root["nam"] == nil)
        #expect(root["e\u{301}"] == nil)
        #expect(root[0] == nil)
        #expect(root.members?.map(\.name) == ["list", "name", "é", "none"])
    }

    @Test("is one thing only", arguments: ["null", "false", "1", "\"\"", "[]", "{}"])
    func kinds(text: String) throws {
        let node = try node(text)
        let readings = [
            node.isNull, node.bool != nil, node.double != nil, node.string != nil, node.elements != nil,
            node.members != nil,
        ]
        #expect(readings.filter { $0 }.count == 1)
    }

    @Test("keeps the bytes that were sent")
    func raw() throws {
        let root = try node(#" {"a" : [ 1.0, "\u0041" ] , "b":"x"} "#)
        #expect(root.raw.text == #"{"a" : [ 1.0, "\u0041" ] , "b":"x"}"#)
        #expect(root["a"]?.raw.text == #"[ 1.0, "\u0041" ]"#)
        #expect(root["a"]?[1]?.raw.text == #""\u0041""#)
        #expect(root["a"]?[0]?.raw.text == "1.0")
    }

    @Test(
        "has one canonical form for equal values",
        arguments: [
            (#"{ "b":1, "a":[ true, null ] }"#, #"{"a":[true,null],"b":1}"#), (#""\u0041\/""#, #""A/""#), ("1.0", "1"),
            ("1e2", "100"), ("-0", "0"), ("0.50", "0.5"), ("1e400", "1e400"),
            ("12345678901234567890", "12345678901234567890"), ("1e-400", "0"), ("-1e-400", "0"),
            ("1.00000000000000000001", "1"), ("4.5e-324", "5e-324"),
            (#"{"é":1,"z":2,"":3}"#, #"{"":3,"z":2,"é":1}"#), ("\"\u{7F}\\u000a\"", "\"\u{7F}\\n\""),
        ]
    )
    func canonical(text: String, expected: String) throws {
        #expect(try String(decoding: node(text).canonical, as: UTF8.self) == expected)
        #expect(try String(decoding: node(expected).canonical, as: UTF8.self) == expected)
    }

    @Test("becomes a value that keeps order and kinds")
    func value() throws {
        #expect(
            try node(#"{"z":1,"a":[1.5,"s",null,true,1e2,1e400,100000000000000000000]}"#).value == [
                "z": 1, "a": [1.5, "s", nil, true, 100.0, .raw("1e400"), .double(1e20)],
            ]
        )
    }

    @Test("is reached by a path, which prints as people write it")
    func paths() throws {
        let root = try node(#"{"a":{"b c":[10,{"d":true}]}}"#)
        let path = JSONPath().appending("a").appending("b c").appending(1).appending("d")
        #expect(path.description == #"a["b c"][1].d"#)
        #expect(root[path: path]?.bool == true)
        #expect(root[path: JSONPath().appending("a").appending(0)] == nil)
        #expect(JSONPath().appending("assignees").appending(0).description == "assignees[0]")
        #expect(JSONPath().description == "")
    }
}
