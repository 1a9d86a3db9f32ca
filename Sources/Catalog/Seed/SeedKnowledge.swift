import Identity
import Postgres

/// The knowledge base of a small business, on its way into the database.
struct SeedKnowledge {
    private static let texts: [(title: String, category: String, body: String)] = [
        (
            "What to do when a pipe bursts", "Emergencies",
            """
            Shut off the water at the main stopcock, then open the lowest tap to drain the pipes. Switch off the boiler and \
            the electricity of the rooms that are wet. Take photographs for the insurance before anything is moved. Our \
            emergency line answers day and night; a plumber is there within two hours inside the city.
            """
        ),
        (
            "Warranty on repairs", "Policies",
            """
            We give two years of warranty on our work and pass on the maker's warranty on parts. Damage by frost, by \
            limescale or by repairs of others is not covered. A claim needs the number of the invoice or of the task.
            """
        ),
        (
            "Prices for visits", "Policies",
            """
            The first half hour of a visit is charged in full, then every started quarter of an hour. Visits on Sundays and \
            public holidays cost half as much again. Parts are charged by the list that hangs in the office.
            """
        ),
        (
            "Bleeding radiators", "How to",
            """
            Turn the heating off and wait until the radiators are cold. Open the valve with the key, hold a cloth below it, \
            and close it when water comes without air. Check the pressure of the boiler afterwards: between 1.2 and 1.8 bar.
            """
        ),
        (
            "Setting a thermostat", "How to",
            """
            The display shows the room's temperature. Press and hold the wheel to set the times of day. A crossed out flame \
            means that the schedule is off. Batteries last two winters.
            """
        ),
        (
            "How we answer complaints", "Office",
            """
            Answer within the hours that the ticket's policy gives, even if the cause is not known yet. Say what happens next \
            and when. Never promise a refund; ask the office manager.
            """
        ),
        (
            "Taking new colleagues on", "Office",
            """
            Keys, telephone and van are handed out on the first day against a signature. The first two weeks every visit is \
            made with somebody experienced. The gas certificate is checked before the first boiler.
            """
        ),
        (
            "Descaling a water heater", "How to",
            """
            Close the inlet, drain the tank, and flush it with citric acid solution for forty minutes. Replace the anode when \
            less than a third is left. Note the date on the label.
            """
        ),
    ]

    private let frame: SeedRows.Frame
    private var documents = CopyText()

    /// - Parameters:
    ///   - seed: What the data follows from.
    ///   - workspace: Which workspace of the seed.
    ///   - now: The moment that the data was taken, in microseconds since 1970.
    init(_ frame: SeedRows.Frame, seed: UInt64, workspace: UInt64, now: Int64) {
        self.frame = frame
        for (position, text) in Self.texts.enumerated() {
            var random = SeedRandom(seed, workspace, 60, UInt64(position))
            let at = now - UTCTime.microsecondsOfDay * Int64(random.number(5...400))
            documents.text(frame.workspace.uuid)
            documents.text(random.key(at: at))
            documents.text(text.title)
            documents.text(text.body)
            documents.text(text.category)
            documents.text(text.category == "Office" ? "internal" : "public")
            documents.text(position == Self.texts.count - 1 ? "draft" : "published")
            documents.text("en")
            documents.integer(random.number(0...40))
            documents.integer(random.number(0...6))
            documents.moment(at)
            documents.moment(at)
            documents.endRow()
        }
    }

    /// Stores what was made, in a transaction that is set to the workspace.
    mutating func store(on connection: Connection) throws {
        try StagedTable(
            "documents",
            "workspace_id id title body category visibility status language helpful unhelpful created_at updated_at"
        ).load(documents.take(), on: connection)
    }
}
