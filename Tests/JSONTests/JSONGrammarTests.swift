import JSON
import Testing

@Suite("A document")
struct JSONGrammarTests {
    @Test(
        "is read if it follows the grammar",
        arguments: [
            "null", "true", "false", "0", "-0", "1", "-1", "10", "0.5", "-0.5e-10", "1E+2", "1e2", "123456789012345678",
            "1e400", "123456789012345678901234567890", "\"\"", "\"a\"", "[]", "{}", "[[]]", "[{}]", "{\"\":{}}",
            " \t\r\n[ 1 , 2 ] \n", "{ \"a\" : 1 , \"b\" : [ ] }", #""\"\\\/\b\f\n\r\t""#,
            #""\u0000\u001f\u00E9\u20ac""#,
            #""\ud83d\uDE00""#, "\"\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}\"", "\"\u{2028}\u{FEFF}\"",
            #"{"a":1,"A":2,"á":3,"a ":4}"#,
        ]
    )
    func accepts(text: String) throws {
        let document = try JSONDocument(text: text)
        #expect(try JSONDocument(RawJSON(document.root.value).bytes).root.value == document.root.value)
    }

    @Test(
        "is refused where it breaks the grammar",
        arguments: [
            ("", 0), (" ", 1), ("nul", 3), ("nulll", 4), ("True", 0), ("truE", 3), ("+1", 0), ("01", 1), ("-", 1),
            ("-a", 1), (".5", 0), ("1.", 2), ("1.e1", 2), ("1e", 2), ("1e+", 3), ("0x1", 1), ("1 2", 2), ("NaN", 0),
            ("Infinity", 0), ("-Infinity", 1), ("\"", 1), ("\"a", 2), ("'a'", 0), ("\"\t\"", 1), ("\"\n\"", 1),
            ("\"\u{0}\"", 1), (#""\x""#, 1), (#""\"#, 2), (#""\u12""#, 5), (#""\u12G4""#, 5), (#""\u+123""#, 3),
            ("[", 1), ("[1", 2),
            ("[1,", 3), ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3), ("]", 0), ("[}", 1), ("{", 1), ("{\"a\"", 4),
            ("{\"a\":", 5), ("{\"a\":1", 6), ("{\"a\":1,", 7), ("{\"a\":1,}", 7), ("{a:1}", 1), ("{1:1}", 1),
            ("{\"a\" 1}", 5), ("{\"a\":1 \"b\":2}", 7), ("{\"a\":1]", 6), ("{,}", 1), ("[1]]", 3), ("{}{}", 2),
            ("[] // no", 3), ("/**/[]", 0), ("[1]\u{0}", 3), ("\u{A0}1", 0), ("\u{B}1", 0),
        ]
    )
    func refuses(text: String, offset: Int) {
        #expect(throws: JSONError(kind: .syntax, offset: offset)) { try JSONDocument(text: text) }
    }

    @Test(
        "is refused if it is not UTF-8 in its shortest form",
        arguments: [
            ([0xEF, 0xBB, 0xBF, 0x31], .encoding, 0),
            ([0x22, 0x80, 0x22], .encoding, 1),
            ([0x22, 0xBF, 0x22], .encoding, 1),
            ([0x22, 0xC0, 0x80, 0x22], .encoding, 1),
            ([0x22, 0xC1, 0xBF, 0x22], .encoding, 1),
            ([0x22, 0xC3, 0x22], .encoding, 1),
            ([0x22, 0xC3], .encoding, 1),
            ([0x22, 0xE0, 0x9F, 0xBF, 0x22], .encoding, 1),
            ([0x22, 0xE2, 0x82, 0x22], .encoding, 1),
            ([0x22, 0xE2, 0x82], .encoding, 1),
            ([0x22, 0xF0, 0x8F, 0xBF, 0xBF, 0x22], .encoding, 1),
            ([0x22, 0xF0, 0x9F, 0x98, 0x22], .encoding, 1),
            ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], .encoding, 1),
            ([0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], .encoding, 1),
            ([0x22, 0xFF, 0x22], .encoding, 1),
            ([0x22, 0xED, 0xA0, 0x80, 0x22], .surrogate, 1),
            ([0x22, 0xED, 0xBF, 0xBF, 0x22], .surrogate, 1),
            ([0x80], .syntax, 0),
            ([0xFF, 0xFE, 0x31, 0x00], .syntax, 0),
            ([0x31, 0x00], .syntax, 1),
        ] as [([UInt8], JSONError.Kind, Int)]
    )
    func refusesEncoding(bytes: [UInt8], kind: JSONError.Kind, offset: Int) {
        #expect(throws: JSONError(kind: kind, offset: offset)) { try JSONDocument(bytes) }
    }

    @Test(
        "is refused if an escaped surrogate stands alone",
        arguments: [
            #""\ud83d""#, #""\ude00""#, #""\ud83dx""#, #""\ud83d\n""#, #""\ud83d\ud83d""#, #""\ude00\ud83d""#,
            #""\uD83D\u0041""#,
            #"{"\ud800":1}"#,
        ]
    )
    func refusesSurrogate(text: String) throws {
        let error = try #require(throws: JSONError.self) { try JSONDocument(text: text) }
        #expect(error.kind == .surrogate)
    }

    @Test(
        "is refused if an object has a name twice, however it is spelled",
        arguments: [
            (#"{"a":1,"a":1}"#, 7), (#"{"a":1,"b":2,"a":3}"#, 13), (#"{"a":1,"\u0061":2}"#, 7),
            (#"{"\u0061":1,"a":2}"#, 12),
            (#"[{"x":{"é":1,"\u00E9":2}}]"#, 14), (#"{"":1,"":2}"#, 6), (#"{"a":{"b":1},"c":[{}],"a":0}"#, 22),
            (#"{"1":0,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"8":0,"9":0,"10":0,"11":0,"12":0,"13":0,"\u0037":0}"#, 83),
        ]
    )
    func refusesDuplicates(text: String, offset: Int) {
        #expect(throws: JSONError(kind: .duplicateName, offset: offset)) { try JSONDocument(text: text) }
    }

    @Test("may repeat a name in different objects")
    func sameNameElsewhere() throws {
        let root = try JSONDocument(text: #"{"a":{"a":[{"a":1},{"a":2}]}}"#).root
        #expect(root["a"]?["a"]?[1]?["a"]?.integer == 2)
    }
}
