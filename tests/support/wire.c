/* A socket to the gateway: bytes as the test has them, answers as they come. Not an HTTP client. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "testkit.h"

enum { ANSWER_MAX = 64 * 1024 };

int wire_open(void)
{
    const char *port = strrchr(the_system()->gateway, ':') + 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int wire = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (wire < 0 || connect(wire, (struct sockaddr *)&address, sizeof address) < 0)
        abort();
    setsockopt(wire, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return wire;
}

bool wire_send(int wire, const void *bytes, size_t length)
{
    for (const char *p = bytes; length;) {
        ssize_t n = send(wire, p, length, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        length -= (size_t)n;
    }
    return true;
}

bool wire_text(int wire, const char *bytes)
{
    return wire_send(wire, bytes, strlen(bytes));
}

/* One byte; -1 at the end, or where none came in time. */
static int next_byte(int wire, int64_t until)
{
    unsigned char byte;
    struct pollfd poll_fd = {.fd = wire, .events = POLLIN};
    int64_t left = until - now_ms();
    if (poll(&poll_fd, 1, left > 0 ? (int)left : 0) <= 0)
        return -1;
    return recv(wire, &byte, 1, 0) == 1 ? byte : -1;
}

static size_t read_head(int wire, char *head, int64_t until)
{
    size_t length = 0;
    while (length < ANSWER_MAX) {
        int byte = next_byte(wire, until);
        if (byte < 0)
            break;
        head[length++] = (char)byte;
        if (length >= 4 && memcmp(head + length - 4, "\r\n\r\n", 4) == 0)
            break;
    }
    head[length] = '\0';
    return length;
}

const Response *wire_answer(int wire, int ms)
{
    Response *response = keep(sizeof *response);
    char *head = keep(ANSWER_MAX + 1), *body = keep(ANSWER_MAX + 1);
    int64_t began = now_ms(), until = began + ms;
    *response = (Response){.method = "bytes", .path = "sent", .head = head, .body = body};
    read_head(wire, head, until);
    if (strncmp(head, "HTTP/1.1 ", 9) == 0)
        response->status = (int)strtol(head + 9, NULL, 10);
    const char *length = header(response, "Content-Length");
    size_t wanted = length ? strtoul(length, NULL, 10) : 0;
    while (response->length < wanted && response->length < ANSWER_MAX) {
        int byte = next_byte(wire, until);
        if (byte < 0)
            break;
        body[response->length++] = (char)byte;
    }
    response->ms = now_ms() - began;
    return response;
}

bool wire_closes(int wire, int ms)
{
    unsigned char byte;
    struct pollfd poll_fd = {.fd = wire, .events = POLLIN};
    return poll(&poll_fd, 1, ms) > 0 && recv(wire, &byte, 1, 0) <= 0;
}

void wire_close(int wire)
{
    close(wire);
}
