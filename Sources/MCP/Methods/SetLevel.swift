import JSON

extension Method {
    /// Notes how much a session wants to hear.
    static var setLevel: Method<P> {
        Method("logging/setLevel", of: .logging) { call throws(ProtocolError) in
            guard let level = call.params?["level"]?.string.flatMap(MessageLevel.init) else {
                throw ProtocolError(
                    .invalidParams,
                    "level must be one of \(MessageLevel.allCases.map(\.rawValue).joined(separator: ", "))"
                )
            }
            return call.aside { (session) throws(MailroomError) in
                try session.setLevel(level)
                return call.responder.answer(MethodResult { _ in })
            }
        }
    }
}
