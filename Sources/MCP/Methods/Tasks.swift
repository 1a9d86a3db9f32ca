import Crypto
import HTTP
import JSON
import Telemetry

extension Method {
    /// Tells how a task stands.
    static var getTask: Method<P> {
        Method("tasks/get", where: \Offer.hasTasks) { call throws(ProtocolError) in
            try call.withTask { (shelf, id) throws(MailroomError) in
                guard let record = try shelf.record(id) else { return call.responder.answer(.unknownTask) }
                return call.responder.answer(MethodResult { $0.write(members: record.details) })
            }
        }
    }

    /// Brings answers to what a task has asked.
    static var updateTask: Method<P> {
        Method("tasks/update", where: \Offer.hasTasks) { call throws(ProtocolError) in
            guard let responses = try call.inputResponses()?.members else {
                throw ProtocolError(.invalidParams, "inputResponses must be an object of objects")
            }
            return try call.withTask { (shelf, id) throws(MailroomError) in
                let isKnown = try shelf.amend(id) { record in
                    for (key, answer) in responses where record.questions.contains(where: { $0.name == key }) {
                        record.questions.removeAll { $0.name == key }
                        record.answers.append(JSONMember(key, .raw(answer.raw)))
                    }
                    if record.status == .inputRequired, record.questions.isEmpty { record.status = .working }
                }
                return call.responder.answer(isKnown: isKnown)
            }
        }
    }

    /// Asks a task to stop.
    static var cancelTask: Method<P> {
        Method("tasks/cancel", where: \Offer.hasTasks) { call throws(ProtocolError) in
            try call.withTask { (shelf, id) throws(MailroomError) in
                call.responder.answer(isKnown: try shelf.amend(id) { $0.status = .cancelled })
            }
        }
    }
}

extension Responder {
    fileprivate func answer(isKnown: Bool) -> HTTPResponse {
        isKnown ? answer(MethodResult { _ in }) : answer(.unknownTask)
    }
}

extension ProtocolError {
    fileprivate static var unknownTask: ProtocolError { ProtocolError(.invalidParams, "There is no such task") }
}

extension MethodCall {
    /// The caller's tasks; others are as if they were not.
    var taskShelf: TaskShelf {
        TaskShelf(
            mailroom: server.mailroom, tenant: tenant, owner: Hex.encode(Digest.sha256(binding)), clock: server.clock,
            limits: server.limits, errands: server.errands
        )
    }

    fileprivate func withTask(
        _ body: @escaping @Sendable (TaskShelf, _ id: String) throws(MailroomError) -> HTTPResponse
    ) throws(ProtocolError) -> Plan<P>.Action {
        try requireTasks()
        guard let id = params?["taskId"]?.string else {
            throw ProtocolError(.invalidParams, "taskId must be the id of a task")
        }
        return onThread { (_) throws(MailroomError) in try body(taskShelf, id) }
    }

    /// Refuses clients that have not declared tasks on this request.
    func requireTasks() throws(ProtocolError) {
        guard client.capabilities.extensions.contains(ExtensionName.tasks) else {
            throw ProtocolError(
                .missingCapability,
                "This needs a client that offers extensions",
                data: ["requiredCapabilities": ["extensions": [ExtensionName.tasks: [:]]]]
            )
        }
    }

    /// Makes a task of this call; `nil` where there are none.
    var taskMaker: (@Sendable (Conversation) throws -> TaskHandle)? {
        guard era == .stateless, provider.offer.hasTasks else { return nil }
        return { conversation in
            let shelf = taskShelf
            let id = "task_" + Base64URL.encode(SecureRandom.bytes(18))
            let record = TaskRecord(id: id, owner: shelf.owner, at: server.clock.now, limits: server.limits)
            // Kept before it is told: whoever asks for it right afterwards, anywhere, finds it.
            try shelf.put(record)
            // The schema of the core, which knows no tasks, wants content in every result of a tool.
            let members = record.summary + [JSONMember("content", [])]
            let creation = responder.answer(MethodResult(type: "task") { $0.write(members: members) })
            return TaskHandle(record, on: shelf, creation: creation, for: conversation)
        }
    }
}
