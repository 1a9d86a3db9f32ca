package import JSON

/// How much a client may ask for, and for how long.
package struct MCPLimits: Sendable {
    /// The largest body, in bytes.
    package var bodyBytes = 4 << 20
    /// The limits of the document in a body.
    package var json = JSONLimits()
    /// The most messages in a batch.
    package var batchCount = 50
    /// How many tools a page of a list has.
    package var pageSize = 100
    /// How long a session lives.
    package var sessionLifetime = Duration.seconds(24 * 60 * 60)
    /// How long a session may rest between two requests; `nil` for as long as it lives.
    package var sessionIdleTime: Duration? = .seconds(30 * 60)
    /// How long a client may keep a list, or the answer to `server/discover`.
    package var listTTL = Duration.seconds(60)
    /// The most suggestions for one value.
    package var completionCount = 100
    /// The most resources that a session may watch.
    package var subscriptionCount = 200
    /// The most handlers that run at a time.
    package var conversationCount = 200
    /// The most of them that one caller may have.
    package var conversationsPerCaller = 32
    /// The most streams of changes that one caller may have open in one process.
    package var streamsPerCaller = 16
    /// How long a person may take to answer a question.
    package var questionTime = Duration.seconds(5 * 60)
    /// How long what a client brings back is taken.
    package var stateLifetime = Duration.seconds(10 * 60)
    /// How often a client may be asked again for one request.
    package var roundCount = 10
    /// How long the events of a stream are kept after the last of them.
    package var eventLifetime = Duration.seconds(5 * 60)
    /// How long a stream of changes lives.
    package var listenTime = Duration.seconds(60 * 60)
    /// The shortest time between two notices of the same change on one stream.
    package var noticeInterval = Duration.seconds(1)
    /// How long after a list has changed it is told: for so long a process may still give the old one.
    package var listDelay = Duration.zero
    /// How many pieces of progress a call may report at once, and then a second.
    package var progressRate = 5
    /// How long a client waits before it takes up a stream that was closed early.
    package var retryTime = Duration.milliseconds(500)
    /// How long a task is kept after it was made.
    package var taskLifetime = Duration.seconds(60 * 60)
    /// How long a task is taken as alive after its process has last said so.
    package var taskLease = Duration.seconds(30)
    /// How often a client should look after a task.
    package var taskPollTime = Duration.milliseconds(500)
    /// How many rendered lists of tools are kept in memory.
    package var keptListings = 256

    /// Takes the defaults.
    package init() {}
}

extension Duration {
    /// The whole milliseconds.
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }

    /// The whole microseconds.
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
