import JSON
import Testing

@testable import Tools

@Suite("The text of a list")
struct ResultFormatTests {
    private let answer = RawJSON([
        "items": [
            ["id": "tsk_1", "title": "Leak, \"urgent\"", "value": ["amount": 5, "currency": "EUR"], "done": false],
            ["id": "tsk_2", "title": "a|b\nc", "note": .null, "hours": 1.5],
        ],
        "next_cursor": "abc",
    ])

    @Test("is the answer itself in JSON")
    func json() {
        #expect(ResultFormat.json.text(of: answer) == nil)
    }

    @Test("names each field once when it is compact, and holds all of the answer")
    func compact() throws {
        let text = try #require(ResultFormat.compact.text(of: answer))
        #expect(
            text.rows == """
                {"columns":["id","title","value","done","note","hours"],"rows":[\
                ["tsk_1","Leak, \\"urgent\\"",{"amount":5,"currency":"EUR"},false,null,null],\
                ["tsk_2","a|b\\nc",null,null,null,1.5]],"next_cursor":"abc"}
                """)
        #expect(text.rest == nil)
    }

    @Test("follows RFC 4180 in CSV, and leaves what is no row to a text of its own")
    func csv() throws {
        let text = try #require(ResultFormat.csv.text(of: answer))
        #expect(
            text.rows == "id,title,value,done,note,hours\r\n"
                + "tsk_1,\"Leak, \"\"urgent\"\"\",\"{\"\"amount\"\":5,\"\"currency\"\":\"\"EUR\"\"}\",false,,\r\n"
                + "tsk_2,\"a|b\nc\",,,,1.5\r\n")
        #expect(text.rest?.text == #"{"next_cursor":"abc"}"#)
    }

    @Test("is a table in Markdown, which no cell breaks")
    func markdown() throws {
        let text = try #require(ResultFormat.markdown.text(of: answer))
        #expect(
            text.rows == """
                | id | title | value | done | note | hours |
                | --- | --- | --- | --- | --- | --- |
                | tsk_1 | Leak, "urgent" | {"amount":5,"currency":"EUR"} | false |  |  |
                | tsk_2 | a\\|b<br>c |  |  |  | 1.5 |

                """)
        #expect(text.rest?.text == #"{"next_cursor":"abc"}"#)
    }

    @Test("of no rows is a head without columns, and of no list is left alone")
    func empty() {
        #expect(ResultFormat.csv.text(of: RawJSON(["items": []]))?.rows == "\r\n")
        #expect(ResultFormat.csv.text(of: RawJSON(["items": []]))?.rest == nil)
        #expect(ResultFormat.csv.text(of: RawJSON(["item": ["id": "tsk_1"]])) == nil)
        #expect(ResultFormat.csv.text(of: RawJSON(["items": ["a", "b"]])) == nil)
    }
}
