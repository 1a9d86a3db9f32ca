/// Returns when something is so; fails after a minute.
func until(_ what: String, _ isSo: () throws -> Bool) throws {
    let start = ContinuousClock.now
    while try !isSo() {
        guard ContinuousClock.now - start < .seconds(60) else {
            throw WireClient.Failure(description: "It never came that \(what).")
        }
    }
}
