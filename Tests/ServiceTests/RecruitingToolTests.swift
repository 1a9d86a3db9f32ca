import Catalog
import Identity
import JSON
import Postgres
import TestSupport
import Testing
import Tools

@Suite("Tools of recruiting")
struct RecruitingToolTests {
    private let bench: Bench
    private let workspace: TestWorkspace
    private let client: Client

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Rowan")
        client = try bench.client(workspace, profile: .all)
    }

    private var candidate: JSONValue { .string(workspace.rows["can"] ?? "") }
    private var job: JSONValue { .string(workspace.rows["job"] ?? "") }

    @Test("move an application from stage to stage, keep its history and take a step back")
    func course() throws {
        let applied = try application()
        let screened = try client.call(
            "update_application_status", ["candidate_id": candidate, "job_id": job, "stage": "screening"])
        #expect(screened.item["id"] == applied["id"], "\(screened.answer.text)")
        #expect(screened.structured["changed"] == ["stage", "stage_entered_at", "history"])
        let rejected = try client.call(
            "update_application_status",
            [
                "application_id": applied["id"] ?? .null, "stage": "rejected", "reason": "Too far",
                "if_stage": "screening",
            ])
        #expect(rejected.item["rejected_reason"] == "Too far")
        let history = try application()["history"]?.elements ?? []
        #expect(history.map { $0["stage"]?.string } == ["applied", "screening", "rejected"])
        #expect(history.last?["reason"] == "Too far")
        let undone = try client.call("undo_action", ["undo_token": rejected.structured["undo_token"] ?? .null])
        #expect(undone.item["stage"] == "screening" && undone.item["rejected_reason"] == .null)
        _ = try client.call(
            "update_application_status",
            ["application_id": applied["id"] ?? .null, "stage": "rejected", "reason": "Too far"])
        let back = try client.call(
            "update_application_status", ["application_id": applied["id"] ?? .null, "stage": "interview"])
        #expect(back.item["rejected_reason"] == .null, "A reason is one for being rejected")
    }

    @Test("refuse what is wrong, and change nothing")
    func refusals() throws {
        let applied = try application()
        let id = applied["id"] ?? .null
        let stale = try client.call(
            "update_application_status", ["application_id": id, "stage": "offer", "if_stage": "interview"])
        #expect(stale.code == "version_conflict" && stale.message.contains("`applied`"))
        for (arguments, word) in [
            (["stage": "offer"], "application_id"), (["stage": "offer", "candidate_id": candidate], "job_id"),
            (["stage": "offer", "application_id": id, "candidate_id": candidate, "job_id": job], "not both"),
            (["application_id": id, "stage": "onboarding"], "stage"), (["application_id": id], "stage"),
        ] as [(JSONValue, String)] {
            let reply = try client.call("update_application_status", arguments)
            #expect(reply.code == "validation_failed" && reply.message.contains(word), "\(reply.answer.text)")
        }
        let nowhere: JSONValue = [
            "candidate_id": "can_00000000000000000000000000000000", "job_id": job, "stage": "offer",
        ]
        #expect(try client.call("update_application_status", nowhere).code == "not_found")
        #expect(try application() == applied)
    }

    @Test("list candidates by one application's job and stage, and jobs with what they hold")
    func lists() throws {
        let other = try #require(
            try client.call("list_jobs").items.compactMap { $0["id"] }.first { $0 != job })
        _ = try client.call(
            "update_application_status", ["candidate_id": candidate, "job_id": other, "stage": "offer"])
        let offered = { (arguments: JSONValue) in
            try client.call("list_candidates", arguments).items.map { $0["id"] }
        }
        #expect(try offered(["stage": "offer"]) == [candidate])
        #expect(try offered(["stage": "offer", "job": other]) == [candidate])
        #expect(try offered(["stage": "offer", "job": job]) == [])
        #expect(try client.call("list_candidates").structured["untrusted_fields"]?.elements.first == "items[].headline")
        let shown = try client.call("get_job", ["id": other, "include": ["applications"]]).item
        #expect(shown["stages"] == ["applied": 1, "offer": 1] && shown["applications"]?.elements.count == 2)
        #expect(try client.call("list_jobs", ["department": "Rowan shop", "status": "open"]).items.count == 2)
    }

    private func application() throws -> JSONValue {
        let item = try client.call("get_candidate", ["id": candidate]).item
        return item["applications"]?.elements.first { $0["job"]?["id"] == job } ?? .null
    }
}
