import Glibc

/// Makes long inputs of short ones, which libFuzzer alone takes hours to find: time must grow with the length only.
struct Stretch {
    /// More work than this, and an input hangs.
    private static let patience = Duration.seconds(10)

    private let inputs: [[UInt8]]

    init(of inputs: [[UInt8]]) { self.inputs = inputs }

    /// Says whether none of the inputs, stretched to some bytes, takes long.
    func run(_ target: FuzzTarget, size: Int) -> Bool {
        var slowest = Duration.zero
        var slow: [UInt8] = []
        for long in inputs.flatMap({ Self.stretched($0, to: size) }) {
            let start = Self.timeOfWork
            target.run(long)
            let time = Self.timeOfWork - start
            if time > slowest { (slowest, slow) = (time, long) }
        }
        let seconds = Double(slowest.components.seconds) + Double(slowest.components.attoseconds) / 1e18
        print(
            "\(inputs.count) inputs stretched: the slowest took \(seconds) s, and begins: \(Array(slow.prefix(200)).text)"
        )
        return slowest < Self.patience
    }

    /// The time that all threads have worked: what else the machine does is not in it.
    private static var timeOfWork: Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// The whole input, each of its first lines, what is in its quotes and what is in its brackets, many times.
    private static func stretched(_ input: [UInt8], to size: Int) -> [[UInt8]] {
        guard !input.isEmpty, input.count < size else { return [] }
        var long = [repeated(input[...], "", in: input, size)]
        var start = 0
        for _ in 0..<3 {
            let end = input[start...].firstIndex(of: UInt8(ascii: "\n")) ?? input.count
            if end > start { long.append(repeated(input[start..<end], "", in: input, size)) }
            guard end + 1 < input.count else { break }
            start = end + 1
        }
        for (open, close, separator) in [("\"", "\"", ""), ("[", "]", ","), ("{", "}", ","), ("(", ")", "")] {
            guard let first = input.firstIndex(of: open.utf8.first ?? 0),
                let last = input.lastIndex(of: close.utf8.first ?? 0),
                first + 1 < last
            else { continue }
            long.append(repeated(input[(first + 1)..<last], separator, in: input, size))
        }
        return long
    }

    private static func repeated(_ part: ArraySlice<UInt8>, _ separator: String, in input: [UInt8], _ size: Int)
        -> [UInt8]
    {
        var long = Array(input[..<part.endIndex])
        while long.count + part.count + separator.utf8.count + input.count - part.endIndex <= size {
            long += Array(separator.utf8) + part
        }
        return long + input[part.endIndex...]
    }
}
