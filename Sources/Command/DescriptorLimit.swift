import Glibc

/// How many connections the process may have open.
enum DescriptorLimit {
    /// Raises the limit to the most that the system allows: each client connection takes a descriptor, and the
    /// customary 1,024 are few for a service.
    static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
