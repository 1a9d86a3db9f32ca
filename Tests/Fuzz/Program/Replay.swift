import CFuzzer
import Dispatch
import Glibc

/// Runs the same inputs again and again: the heap must come to rest.
///
/// Tables and caches grow at first; what leaks grows in every round.
struct Replay {
    private static let rounds = 12
    private static let allowance = 2 << 10

    private let inputs: [[UInt8]]

    init(of inputs: [[UInt8]]) { self.inputs = inputs }

    /// Says whether there was a round in which the heap did not grow.
    ///
    /// - Parameter passes: How often a round runs all inputs.
    func run(_ target: FuzzTarget, passes: Int) -> Bool {
        var growth = 0
        var round = 0
        var before = heap(after: target, passes: passes)
        repeat {
            round += 1
            // Most targets have come to rest by then, and have no such threads.
            let after = heap(after: target, passes: passes, isFilling: round > 2)
            (growth, before) = (after - before, after)
        } while growth > Self.allowance && round < Self.rounds
        print(
            "\(inputs.count) inputs, \(round) times \(passes) passes: in the last the heap of \(before) bytes grew by \(growth)"
        )
        if growth > Self.allowance { __sanitizer_print_memory_profile(90, 20) }
        return growth <= Self.allowance
    }

    /// Each thread of the dispatch library keeps up to 1024 of the blocks that it has run, for further ones. They fill up
    /// slowly, which looks like a leak until they are full.
    ///
    /// Serial queues have threads of their own. One that is given everything before it may begin takes a single thread.
    private static func fillDispatchCaches() {
        let group = DispatchGroup()
        let serial = DispatchQueue(label: "fuzz.fill")
        serial.suspend()
        for _ in 0..<10_000 { serial.async(group: group) {} }
        serial.resume()
        group.wait()
        for _ in 0..<100_000 { DispatchQueue.global().async(group: group) {} }
        group.wait()
    }

    /// The bytes in use after a round, when threads of the last input have ended.
    private func heap(after target: FuzzTarget, passes: Int, isFilling: Bool = false) -> Int {
        for _ in 0..<passes { for input in inputs { target.run(input) } }
        if isFilling { Self.fillDispatchCaches() }
        usleep(200_000)
        return HeapWatch.bytes
    }
}

/// The bytes of a file.
func contents(of path: String) -> [UInt8] {
    guard let file = unsafe fopen(path, "rb") else { fatalError("\(path) cannot be read") }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe fread(&block, 1, block.count, file)
        guard count > 0 else { return bytes }
        bytes += block[..<count]
    }
}
