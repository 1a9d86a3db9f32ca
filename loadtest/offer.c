// Offers calls at a rate of their own, whatever becomes of them: an open loop.
//
// Usage: offer HOST PORT REQUESTS RATE SECONDS poisson|even keep|close CONNECTIONS PATIENCE SEED [LOG]
//
// REQUESTS holds prepared HTTP requests, each after a line with its length in bytes; they are sent in turn. A call starts
// when the rate says so. It takes a connection that is at rest, opens one if there are fewer than CONNECTIONS, and waits
// for one else (with `close`, each call opens its own and ends it); its latency counts from when it was to start, so waiting
// is never hidden. A call that no connection is free for within PATIENCE seconds of its start is given up, one that is not
// answered within as many of when it got a connection too, and that closes the connection: so do the clients of the SDKs
// (the timeout of httpx). When the SECONDS are over, those that still wait for a connection are given up: the load ends
// then. What came of the calls is printed as one line of JSON; LOG gets a line a call: milliseconds from the beginning to
// its start, milliseconds to its answer, and its class.
//
// One thread, one epoll: the generator stands beside what it measures, on the same processors, so it has to be cheap.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// A request, and where it holds six letters that differ in every call, if it does.
typedef struct { char *bytes; size_t count; char *code; } Request;
typedef struct { int64_t start; uint32_t request; } Call;
typedef enum { CLOSED, CONNECTING, RESTING, BUSY } State;
typedef struct {
    int socket;
    State state;
    Call call;
    // When the call got the connection.
    int64_t since;
    size_t sent;
    char *answer;
    size_t count, room;
    // Where the answer ends, once its head is there.
    size_t end;
} Connection;
// A growing list of microseconds.
typedef struct { uint32_t *values; size_t count, room; } List;

enum Class { OK, REFUSED_429, REFUSED_503, REFUSED_IN_BAND, FAILED_CONNECT, FAILED_CUT, FAILED_TIMEOUT, FAILED_STATUS,
    FAILED_ANSWER, CLASSES };
static const char *const names[CLASSES] = { "ok", "status_429", "status_503", "in_band", "connect", "cut", "timeout",
    "status", "answer" };

static Request *requests;
static size_t request_count;
static Connection *connections;
static int connection_limit, connection_count, opened, keeps;
static int *resting, resting_count;
static int *closed, closed_count;
static Call *waiting;
static size_t waiting_first, waiting_count, waiting_room;
static int busy_count, most_busy;
static struct sockaddr_in address;
static int poll_;
static int64_t begin, finish, patience;
static uint64_t classes[CLASSES], in_time;
static List answered, refused, lateness;
static uint64_t retry_after[62];  // by seconds; the last two are "more" and "not told"
static char example[401];
static FILE *call_log;

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void die(const char *words) {
    fprintf(stderr, "offer: %s: %s\n", words, strerror(errno));
    exit(1);
}

static void *grown(void *memory, size_t bytes) {
    void *more = realloc(memory, bytes);
    if (!more) die("memory");
    return more;
}

static void add(List *list, int64_t nanoseconds) {
    if (list->count == list->room) list->values = grown(list->values, (list->room = list->room * 2 + 1024) * 4);
    int64_t value = nanoseconds / 1000;
    list->values[list->count++] = value < 0 ? 0 : value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

static void count(const Call *call, enum Class class, int64_t at) {
    classes[class]++;
    if (class == OK) {
        add(&answered, at - call->start);
        if (at <= finish) in_time++;
    } else if (class <= REFUSED_IN_BAND) add(&refused, at - call->start);
    if (call_log)
        fprintf(call_log, "%.3f %.3f %s\n", (call->start - begin) / 1e6, (at - call->start) / 1e6, names[class]);
}

static char *code_in(char *bytes, size_t length) {
    static const char before[] = ", code ";
    char *found = memmem(bytes, length, before, sizeof before - 1);
    if (!found || (size_t)(bytes + length - found) < sizeof before + 12) return NULL;
    found += sizeof before - 1;
    for (int index = 0; index < 11; index++)
        if (index % 2 ? found[index] != ' ' : found[index] < 'a' || found[index] > 'z') return NULL;
    return found;
}

// Gives a request other letters than any before it; they begin with the time, so that no run repeats what one before it
// sent. A request that is being sent on another connection as well goes out with some letters of either.
static void stamp(Request *request) {
    static uint64_t next;
    if (!request->code) return;
    if (!next) next = (uint64_t)time(NULL) % 300 * 1000000;
    uint64_t rest = next++;
    for (int index = 0; index < 6; index++, rest /= 26) request->code[2 * index] = 'a' + rest % 26;
}

static void read_requests(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) die(path);
    size_t length, room = 0;
    while (fscanf(file, "%zu", &length) == 1 && fgetc(file) == '\n') {
        char *bytes = grown(NULL, length);
        if (fread(bytes, 1, length, file) != length) die(path);
        if (request_count == room) requests = grown(requests, (room = room * 2 + 1024) * sizeof *requests);
        requests[request_count++] = (Request){ bytes, length, code_in(bytes, length) };
    }
    fclose(file);
    if (!request_count) { errno = EINVAL; die(path); }
}

static void shut(Connection *connection) {
    if (connection->state == BUSY || connection->state == CONNECTING) busy_count--;
    if (connection->state == RESTING)
        for (int i = 0; i < resting_count; i++)
            if (resting[i] == connection - connections) { resting[i] = resting[--resting_count]; break; }
    if (!keeps) {  // Without a word: a port for each call would be taken for a minute, and there are not so many.
        struct linger none = { 1, 0 };
        setsockopt(connection->socket, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    }
    close(connection->socket);
    connection->state = CLOSED;
    closed[closed_count++] = connection - connections;
}

static void fail(Connection *connection, enum Class class) {
    Call call = connection->call;
    shut(connection);
    count(&call, class, now());
}

static void push(Connection *connection) {
    const Request *request = &requests[connection->call.request];
    while (connection->sent < request->count) {
        ssize_t sent = send(connection->socket, request->bytes + connection->sent, request->count - connection->sent,
            MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) {
            if (errno == EINTR) continue;
            if (errno == EAGAIN) return;
            // What the other side said before it closed is still to be read.
            if (errno == EPIPE || errno == ECONNRESET) return;
            fail(connection, FAILED_CUT);
            return;
        }
        connection->sent += sent;
    }
}

// Gives the call a connection, or says that there is none for it.
static int dispatch(Call call) {
    Connection *connection;
    int fresh = 0;
    if (resting_count) connection = &connections[resting[--resting_count]];
    else if (closed_count || connection_count < connection_limit) {
        connection = &connections[closed_count ? closed[--closed_count] : connection_count++];
        fresh = 1;
    } else return 0;
    connection->call = call;
    connection->since = now();
    stamp(&requests[call.request]);
    connection->sent = connection->count = connection->end = 0;
    if (++busy_count > most_busy) most_busy = busy_count;
    if (!fresh) {
        connection->state = BUSY;
        push(connection);
        return 1;
    }
    connection->state = CONNECTING;
    connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connection->socket < 0) die("socket");
    int one = 1;
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    opened++;
    if (connect(connection->socket, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS) {
        fail(connection, FAILED_CONNECT);
        return 1;
    }
    struct epoll_event event = { EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, { .u32 = connection - connections } };
    if (epoll_ctl(poll_, EPOLL_CTL_ADD, connection->socket, &event) != 0) die("epoll_ctl");
    return 1;
}

static void start(Call call) {
    if (waiting_count == 0 && dispatch(call)) return;
    if (waiting_count == waiting_room) {
        Call *more = grown(NULL, (waiting_room * 2 + 1024) * sizeof *more);
        for (size_t i = 0; i < waiting_count; i++) more[i] = waiting[(waiting_first + i) % waiting_room];
        free(waiting);
        waiting = more, waiting_first = 0, waiting_room = waiting_room * 2 + 1024;
    }
    waiting[(waiting_first + waiting_count++) % waiting_room] = call;
}

static void serve_waiting(void) {
    while (waiting_count) {
        if (!dispatch(waiting[waiting_first])) return;
        waiting_first = (waiting_first + 1) % waiting_room;
        waiting_count--;
    }
}

static const char *field(const char *head, const char *end, const char *name) {
    size_t length = strlen(name);
    for (const char *line = head; (line = memmem(line, end - line, "\r\n", 2)) && (line += 2) < end;)
        if ((size_t)(end - line) > length && strncasecmp(line, name, length) == 0 && line[length] == ':') {
            line += length + 1;
            while (*line == ' ') line++;
            return line;
        }
    return NULL;
}

static int holds(const char *body, size_t count, const char *words) {
    return memmem(body, count, words, strlen(words)) != NULL;
}

static void tell_retry(const char *digits) {
    long seconds = digits ? strtol(digits, NULL, 10) : -1;
    retry_after[seconds < 0 ? 61 : seconds > 59 ? 60 : seconds]++;
}

static enum Class judge(const Connection *connection, size_t head) {
    const char *body = connection->answer + head;
    size_t length = connection->end - head;
    int status = atoi(connection->answer + 9);
    if (status == 429 || status == 503) {
        tell_retry(field(connection->answer, body, "Retry-After"));
        return status == 429 ? REFUSED_429 : REFUSED_503;
    }
    enum Class class = FAILED_STATUS;
    if (status == 200) {
        if (holds(body, length, "\"result\":") && !holds(body, length, "\"isError\":true")) return OK;
        // Quotes in texts are escaped, so these are members of the answer and nobody's words.
        if (holds(body, length, "\"code\":\"unavailable\"") || holds(body, length, "\"code\":\"rate_limited\"")
            || holds(body, length, "\"code\":\"timeout\"")) {
            const char *retry = memmem(body, length, "\"retry_after_seconds\":", 22);
            tell_retry(retry ? retry + 22 : NULL);
            return REFUSED_IN_BAND;
        }
        class = FAILED_ANSWER;
    }
    if (!example[0]) {
        size_t shown = connection->end < 400 ? connection->end : 400;
        for (size_t i = 0; i < shown; i++) {
            char letter = connection->answer[i];
            example[i] = letter < ' ' || letter == '"' || letter == '\\' ? ' ' : letter;
        }
    }
    return class;
}

// Reads what is there. An answer that is whole ends the call.
static void pull(Connection *connection) {
    for (;;) {
        if (connection->room - connection->count < 4096)
            connection->answer = grown(connection->answer, (connection->room = connection->room * 2 + 16384) + 1);
        ssize_t got = recv(connection->socket, connection->answer + connection->count,
            connection->room - connection->count, MSG_DONTWAIT);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) {
            if (connection->state == RESTING) shut(connection);
            else fail(connection, connection->state == CONNECTING ? FAILED_CONNECT : FAILED_CUT);
            return;
        }
        if (connection->state != BUSY) {  // Nothing was asked: what comes is a refusal of the connection.
            if (connection->state == RESTING) { shut(connection); return; }
            connection->state = BUSY;
        }
        connection->count += got;
        connection->answer[connection->count] = 0;
        char *body = memmem(connection->answer, connection->count, "\r\n\r\n", 4);
        if (!body) continue;
        size_t head = body + 4 - connection->answer;
        if (!connection->end) {
            const char *length = field(connection->answer, body + 4, "Content-Length");
            if (!length || strncmp(connection->answer, "HTTP/1.1 ", 9) != 0) {
                fail(connection, FAILED_ANSWER);
                return;
            }
            connection->end = head + strtoul(length, NULL, 10);
        }
        if (connection->count < connection->end) continue;
        enum Class class = judge(connection, head);
        const char *after = field(connection->answer, body + 4, "Connection");
        int closes = after && strncasecmp(after, "close", 5) == 0;
        count(&connection->call, class, now());
        if (closes || !keeps || connection->sent < requests[connection->call.request].count) { shut(connection); return; }
        connection->state = RESTING;
        connection->count = connection->end = 0;
        busy_count--;
        resting[resting_count++] = connection - connections;
        return;
    }
}

static void give_up(int64_t at) {
    for (int i = 0; i < connection_count; i++)
        if ((connections[i].state == BUSY || connections[i].state == CONNECTING)
            && at - connections[i].since > patience)
            fail(&connections[i], FAILED_TIMEOUT);
    while (waiting_count && at - waiting[waiting_first].start > patience) {
        count(&waiting[waiting_first], FAILED_TIMEOUT, at);
        waiting_first = (waiting_first + 1) % waiting_room;
        waiting_count--;
    }
}

// The load is over: nobody sends any more what could not be sent so far.
static void end_load(int64_t at) {
    for (; waiting_count; waiting_count--) {
        count(&waiting[waiting_first], FAILED_TIMEOUT, at);
        waiting_first = (waiting_first + 1) % waiting_room;
    }
}

static int ascending(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static void print_latencies(const char *name, List *list) {
    if (list->count) qsort(list->values, list->count, 4, ascending);
#define AT(share) (list->count ? list->values[(size_t)((list->count - 1) * (share))] / 1e3 : 0.0)
    printf(",\"%s\":{\"p50_ms\":%.3f,\"p90_ms\":%.3f,\"p99_ms\":%.3f,\"longest_ms\":%.3f}", name, AT(0.5), AT(0.9),
        AT(0.99), AT(1.0));
}

int main(int count_, char **arguments) {
    if (count_ < 11) {
        fprintf(stderr,
            "usage: offer HOST PORT REQUESTS RATE SECONDS poisson|even keep|close CONNECTIONS PATIENCE SEED [LOG]\n");
        return 2;
    }
    address.sin_family = AF_INET;
    address.sin_port = htons(atoi(arguments[2]));
    if (inet_pton(AF_INET, arguments[1], &address.sin_addr) != 1) { errno = EINVAL; die(arguments[1]); }
    read_requests(arguments[3]);
    double rate = atof(arguments[4]), seconds = atof(arguments[5]);
    int is_poisson = strcmp(arguments[6], "even") != 0;
    keeps = strcmp(arguments[7], "close") != 0;
    connection_limit = atoi(arguments[8]);
    patience = atof(arguments[9]) * 1e9;
    unsigned short seed[3] = { 0x330e, atoi(arguments[10]) & 0xffff, atoi(arguments[10]) >> 16 };
    if (count_ > 11 && !(call_log = fopen(arguments[11], "w"))) die(arguments[11]);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if ((rlim_t)connection_limit + 32 > files.rlim_max) connection_limit = files.rlim_max - 32;
    connections = calloc(connection_limit, sizeof *connections);
    resting = calloc(connection_limit, sizeof *resting);
    closed = calloc(connection_limit, sizeof *closed);
    poll_ = epoll_create1(EPOLL_CLOEXEC);

    begin = now();
    finish = begin + seconds * 1e9;
    double next = begin;
    uint64_t offered = 0;
    int64_t looked = begin;
    // When it stops to send: later than it should where it has no processor to send all that is due.
    int64_t end = 0;
#define ADVANCE() (next += 1e9 / rate * (is_poisson ? -log(1 - erand48(seed)) : 1))
    ADVANCE();
    for (;;) {
        int64_t at = now();
        // Not all that is due at once: answers are to be read in between, or they would seem late.
        for (int i = 0; i < 64 && next <= at && next < finish; i++) {
            if (!waiting_count) add(&lateness, at - (int64_t)next);
            start((Call){ next, offered++ % request_count });
            ADVANCE();
        }
        if (next >= finish && at >= finish) {
            if (!end) end = at;
            end_load(at);
        }
        if (next >= finish && !busy_count && !waiting_count) break;
        if (at - looked > 50000000) give_up(looked = at);
        int64_t rest = next < finish && next < at + 50e6 ? (int64_t)next - at : 50000000;
        // While calls wait for a connection those that are due can only join them, which needs no waking up for each.
        if (waiting_count && rest < 2000000) rest = 2000000;
        struct timespec limit = { 0, rest < 0 ? 0 : rest };
        struct epoll_event events[256];
        int found = epoll_pwait2(poll_, events, 256, &limit, NULL);
        for (int i = 0; i < found; i++) {
            Connection *connection = &connections[events[i].data.u32];
            if (connection->state == CLOSED) continue;
            if (events[i].events & (EPOLLERR | EPOLLHUP) && connection->state == CONNECTING) {
                fail(connection, FAILED_CONNECT);
                continue;
            }
            if (connection->state == CONNECTING && events[i].events & EPOLLOUT) connection->state = BUSY;
            if (connection->state == BUSY && events[i].events & EPOLLOUT) push(connection);
            if (connection->state != CLOSED && events[i].events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
                pull(connection);
        }
        serve_waiting();
    }
    if (call_log) fclose(call_log);
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    // When it began, by the clock that all processes share.
    printf("{\"began\":%.6f", begin / 1e9);
    printf(",\"lasted\":%.3f", (end - begin) / 1e9);
    printf(",\"offered\":%lu,\"seconds\":%.3f,\"ok\":%lu,\"ok_in_time\":%lu", offered, seconds, classes[OK], in_time);
    printf(",\"refused\":{");
    for (int i = REFUSED_429; i <= REFUSED_IN_BAND; i++) printf("%s\"%s\":%lu", i > 1 ? "," : "", names[i], classes[i]);
    printf("},\"failed\":{");
    for (int i = FAILED_CONNECT; i < CLASSES; i++)
        printf("%s\"%s\":%lu", i > FAILED_CONNECT ? "," : "", names[i], classes[i]);
    printf("},\"retry_after\":{");
    for (int i = 0, is_first = 1; i < 62; i++)
        if (retry_after[i]) {
            char seconds_[24];
            snprintf(seconds_, sizeof seconds_, "%d", i);
            printf("%s\"%s\":%lu", is_first ? "" : ",", i == 61 ? "not told" : i == 60 ? "60 or more" : seconds_,
                retry_after[i]);
            is_first = 0;
        }
    printf("}");
    print_latencies("latency", &answered);
    print_latencies("refusal_latency", &refused);
    print_latencies("lateness", &lateness);
    printf(",\"connections_opened\":%d,\"most_in_flight\":%d,\"generator_seconds\":%.3f,\"example\":\"%s\"}\n", opened,
        most_busy, used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6,
        example);
    return 0;
}
