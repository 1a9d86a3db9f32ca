import Glibc

/// The system account that the server runs as: this program's own, unless that is root, which PostgreSQL refuses.
struct ServerAccount {
    let user: uid_t
    let group: gid_t
    private let isSwitched: Bool

    static func find() throws(LocalClusterError) -> ServerAccount {
        guard geteuid() == 0 else { return ServerAccount(user: geteuid(), group: getegid(), isSwitched: false) }
        guard let entry = getpwnam("postgres") else {
            throw LocalClusterError(
                .missingAccount,
                """
                PostgreSQL does not run as root, and there is no account named postgres. \
                Install the package (apt install postgresql), or run this program as another user.
                """
            )
        }
        return ServerAccount(user: entry.pointee.pw_uid, group: entry.pointee.pw_gid, isSwitched: true)
    }

    /// The command as this account runs it.
    ///
    /// - Parameter endsWithParent: Whether it is told to shut down when the thread that starts it ends, which is the case
    ///   even when this program is killed. The kernel forgets that request when the account changes, so `setpriv` makes
    ///   it afterwards.
    func command(_ arguments: [String], endsWithParent: Bool) -> [String] {
        var prefix = ["setpriv"]
        if isSwitched { prefix += ["--reuid=\(user)", "--regid=\(group)", "--init-groups"] }
        if endsWithParent { prefix += ["--pdeathsig=INT"] }
        let hasSetpriv = ["/usr/bin/setpriv", "/bin/setpriv"].contains(where: FileSystem.isExecutable)
        // Without setpriv the server outlives a killed program, and the next start finds and adopts it.
        if prefix.count == 1 || (!hasSetpriv && !isSwitched) { return arguments }
        return prefix + ["--"] + arguments
    }

    /// Makes sure that the account can go through every folder down to `path`.
    func checkReach(_ path: String) throws(LocalClusterError) {
        guard isSwitched else { return }
        var folder = ""
        for part in path.split(separator: "/") {
            folder += "/\(part)"
            guard let status = FileSystem.status(folder) else { throw .system("\(folder) cannot be looked at", errno) }
            let needed: mode_t =
                status.st_uid == user ? S_IXUSR : status.st_gid == group ? S_IXGRP : S_IXOTH
            guard status.st_mode & needed != 0 else {
                throw LocalClusterError(
                    .unreachableFolder,
                    """
                    The server runs as the account postgres, which may not enter \(folder). \
                    Choose a folder elsewhere, or let it pass (chmod o+x \(folder)).
                    """
                )
            }
        }
    }

    /// Makes a folder that belongs to this account and to nobody else; one that exists must be just that.
    func makePrivateFolder(_ path: String) throws(LocalClusterError) {
        if mkdir(path, 0o700) == 0 {
            guard chown(path, user, group) == 0 else { throw .system("\(path) cannot change its owner", errno) }
            return
        }
        guard errno == EEXIST else { throw .system("The folder \(path) cannot be made", errno) }
        guard let status = FileSystem.status(path, followingLinks: false), status.st_mode & S_IFMT == S_IFDIR,
            status.st_uid == user, status.st_mode & 0o077 == 0
        else {
            throw LocalClusterError(
                .unreachableFolder, "\(path) exists and is no folder that belongs to the server's account alone."
            )
        }
    }
}
