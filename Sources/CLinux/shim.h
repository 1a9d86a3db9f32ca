#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H

#include <arpa/inet.h>
#include <errno.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* Flags and types that Swift sees as enumerations, or not at all. */

static inline int linux_sock_stream(void) { return SOCK_STREAM; }

static inline int linux_sock_flags(void) { return SOCK_NONBLOCK | SOCK_CLOEXEC; }

/* GNU functions: _GNU_SOURCE here would give this module other types than Swift's Glibc has. */
int accept4(int, struct sockaddr *, socklen_t *, int);
int pthread_setname_np(pthread_t, const char *);
pid_t gettid(void);
void *memmem(const void *, size_t, const void *, size_t);

static inline int linux_accept(int descriptor, struct sockaddr *address, socklen_t *length) {
    return accept4(descriptor, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static inline ssize_t linux_send(int descriptor, const void *bytes, size_t count) {
    return send(descriptor, bytes, count, MSG_NOSIGNAL);
}

/* How many bytes a head of HTTP has, with the empty line at its end; 0 if that is not among these bytes. */
static inline size_t linux_head_size(const void *bytes, size_t count) {
    const char *end = memmem(bytes, count, "\r\n\r\n", 4);
    return end ? (size_t)(end - (const char *)bytes) + 4 : 0;
}

static inline int linux_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

static inline void linux_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

/* Gives the calling thread a nice value that much lower, which Linux keeps for each thread; 0, or why not. */
static inline int linux_favor_thread(int by) {
    errno = 0;
    int nice = getpriority(PRIO_PROCESS, gettid());
    return errno == 0 && setpriority(PRIO_PROCESS, gettid(), nice - by) == 0 ? 0 : errno;
}

/* Gives the system what the allocator keeps of memory that was freed. */
static inline void linux_return_memory(void) { malloc_trim(0); }

static inline int linux_shutdown_sending(int descriptor) { return shutdown(descriptor, SHUT_WR); }

/* epoll: an event carries 64 bits that its owner chose. */

static inline int linux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

/* Reports each change once, in both directions. */
static inline int linux_epoll_add_edges(int poll, int descriptor, uint64_t token) {
    struct epoll_event event = {EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, {.u64 = token}};
    return epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
}

/* Reports for as long as there is something to read. */
static inline int linux_epoll_add_level(int poll, int descriptor, uint64_t token) {
    struct epoll_event event = {EPOLLIN, {.u64 = token}};
    return epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
}

static inline int linux_epoll_remove(int poll, int descriptor) {
    return epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, 0);
}

static inline uint64_t linux_event_token(const struct epoll_event *event) { return event->data.u64; }

static inline int linux_event_is_readable(const struct epoll_event *event) {
    return (event->events & (EPOLLIN | EPOLLRDHUP)) != 0;
}

static inline int linux_event_is_writable(const struct epoll_event *event) { return (event->events & EPOLLOUT) != 0; }

static inline int linux_event_is_half_closed(const struct epoll_event *event) {
    return (event->events & EPOLLRDHUP) != 0;
}

static inline int linux_event_is_lost(const struct epoll_event *event) {
    return (event->events & (EPOLLERR | EPOLLHUP)) != 0;
}

#endif
