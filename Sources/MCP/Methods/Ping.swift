extension Method {
    /// Answers that somebody is there.
    static var ping: Method<P> {
        Method("ping") { call in
            .reply(call.responder.answer(MethodResult { _ in }))
        }
    }
}
