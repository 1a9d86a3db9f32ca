import Foundation
import HTTP
import Testing

@Suite("An answer")
struct HTTPResponseTests {
    @Test("that refuses is JSON whatever the sentence has")
    func refusal() throws {
        let response = HTTPResponse.refusal(.badRequest, error: "no_go", description: "say \"a\\b\"\nagain é")
        let object = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: String]
        #expect(object == ["error": "no_go", "error_description": "say \"a\\b\" again é"])
        #expect(response.headers.first(.contentType) == "application/json")
        #expect(response.status == 400)
    }

    @Test(
        "has no body for some statuses", arguments: [(204, true), (304, true), (100, true), (200, false), (404, false)])
    func bodies(status: Int, forbids: Bool) {
        #expect(HTTPStatus(rawValue: status).forbidsBody == forbids)
    }

    @Test("has a status of three digits", arguments: [(0, 500), (99, 500), (600, 500), (-1, 500), (599, 599)])
    func range(number: Int, status: Int) {
        #expect(HTTPStatus(rawValue: number).rawValue == status)
    }
}
