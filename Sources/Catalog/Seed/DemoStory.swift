import Telemetry

/// The task that the README shows: number 1042, of Elizabeth Stephenson.
struct DemoStory: Sendable {
    static let number = 1042

    /// The current time, in microseconds since 1970.
    let now: Int64

    static func customer(at moment: Int64) -> SeedCustomer {
        var random = SeedRandom(1042, 9)
        return SeedCustomer(
            id: random.key(at: moment), externalID: "C-1", given: "Elizabeth", family: "Stephenson",
            email: "elizabeth.stephenson@example.com", phone: "+1 (703) 597-4534", city: "Arlington", createdAt: moment
        )
    }

    /// The task at its place among the others, with its own story.
    func told(over place: SeedTask, customer: SeedCustomer) -> SeedTask {
        var random = SeedRandom(1042, 10)
        var task = place
        task.title = "Leaking tap under the kitchen sink"
        task.description =
            "Water collects in the cabinet overnight. The tap was replaced in spring, so it may be warranty."
        task.status = .inProgress
        task.priority = "high"
        task.customer = customer
        task.isPublic = true
        task.startDate = now - UTCTime.microsecondsOfDay
        task.dueDate = now + 2 * UTCTime.microsecondsOfDay
        task.completedAt = nil
        task.progress = 40
        task.answers = [
            ("address", "18 Harbour Street, Arlington"), ("access", "Somebody is at home"),
            ("preferred_time", "Morning"), ("model", "Moen 1225"),
        ]
        task.source = "portal"
        task.labels = ["leak", "warranty"]
        // The members in the order of their addresses: Dana is the second, Tomasz the last.
        task.assignees = [5, 1]
        let hour: Int64 = 3_600_000_000
        let said: [(hours: Int64, member: Int?, isPublic: Bool, body: String)] = [
            (50, nil, true, "It drips about a cup every night. I put a bowl under it."),
            (47, 1, true, "Thank you, Elizabeth. Tomasz can come on Thursday between 9 and 11."),
            (26, 5, false, "Cartridge is worn, not the seal. Ordered a Moen 1225, arrives tomorrow."),
            (3, nil, true, "Thursday morning works. Please ring at the side door."),
        ]
        task.comments = said.map { words in
            let at = now - words.hours * hour
            return SeedComment(
                id: random.key(at: at), body: words.body, isPublic: words.isPublic, member: words.member, at: at
            )
        }
        task.updatedAt = now - 3 * hour
        return task
    }
}
