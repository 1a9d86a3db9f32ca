import Testing

@Suite("A conversation")
struct TranscriptTests {
    @Test("goes as it is written down", arguments: Transcript.all)
    func play(_ transcript: Transcript) throws {
        var player = try TranscriptPlayer(transcript)
        try player.play()
    }

    @Test("is written down for every rule of the ladder from 3 to 20", arguments: 3...20)
    func coverage(rule: Int) {
        #expect(Transcript.all.contains { $0.title.hasPrefix("Rule \(rule):") })
    }
}
