/* Bad, slow and strange HTTP, byte by byte: each gets its answer, the others are undisturbed, the
 * daemons live. Not bad bodies: flow_bad_input.c. */
#include <stdlib.h>
#include <string.h>

#include "testkit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static pid_t gateway, pids[99];

static void remember(void)
{
    gateway = service_pid("gateway");
    for (size_t i = 0; SERVICES[i]; i++)
        pids[i] = service_pid(SERVICES[i]);
}

static void expect_all_alive(void)
{
    cr_assert(gateway > 0 && service_pid("gateway") == gateway, "the gateway died");
    for (size_t i = 0; SERVICES[i]; i++)
        cr_assert(pids[i] > 0 && service_pid(SERVICES[i]) == pids[i], "%s died", SERVICES[i]);
    expect_status(get(client_admin(), "/customers?limit=1"), 200);
}

TestSuite(wire, .init = remember, .fini = expect_all_alive);

static const char *bearer(void)
{
    return text("Authorization: Bearer %s\r\n", client_admin()->token);
}

/* A request for a customer named so, with these further header lines. */
static const char *create(const char *headers, const char *body)
{
    return text("POST /api/customers HTTP/1.1\r\nHost: x\r\n%sContent-Type: "
                "application/json\r\n%s\r\n%s",
                bearer(), headers, body);
}

static const Response *ask(const char *bytes)
{
    int wire = wire_open();
    wire_text(wire, bytes);
    const Response *r = wire_answer(wire, SOON_MS);
    wire_close(wire);
    return r;
}

/* Refused for good: an error, and the connection is closed, so that nothing behind it is read as a
 * request. */
static void expect_cut_off(const char *what, const char *bytes, int status)
{
    int wire = wire_open();
    wire_text(wire, bytes);
    const Response *r = wire_answer(wire, SOON_MS);
    if (r->status != status)
        cr_assert_fail("%s: expected %d, got %d %s", what, status, r->status, r->body);
    expect_error(r, status, NULL);
    cr_assert(wire_closes(wire, SOON_MS), "%s: the connection stays open", what);
    wire_close(wire);
}

Test(wire, where_a_body_ends_must_be_certain)
{
    const char *body = "{\"name\":\"Kawat\"}"; /* 16 bytes */
    expect_cut_off("two lengths", create("Content-Length: 16\r\nContent-Length: 17\r\n", body),
                   400);
    expect_cut_off("the same twice", create("Content-Length: 16\r\nContent-Length: 16\r\n", body),
                   400);
    expect_cut_off("a list", create("Content-Length: 16, 16\r\n", body), 400);
    expect_cut_off("a sign", create("Content-Length: +16\r\n", body), 400);
    expect_cut_off("below zero", create("Content-Length: -1\r\n", body), 400);
    expect_cut_off("letters behind", create("Content-Length: 16abc\r\n", body), 400);
    expect_cut_off("no digits", create("Content-Length: \r\n", body), 400);
    expect_cut_off("beyond int64", create("Content-Length: 99999999999999999999\r\n", body), 413);
    expect_cut_off("2 MiB announced", create("Content-Length: 2097152\r\n", ""), 413);
    expect_cut_off(
        "chunked",
        create("Transfer-Encoding: chunked\r\n", "10\r\n{\"name\":\"Kawat\"}\r\n0\r\n\r\n"), 411);
    expect_cut_off("chunked and a length",
                   create("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                          "10\r\n{\"name\":\"Kawat\"}\r\n0\r\n\r\n"),
                   400);
    expect_cut_off("an unknown encoding", create("Transfer-Encoding: xchunked\r\n", body), 400);
    const Response *none = ask(create("", ""));
    cr_assert(none->status == 400 || none->status == 411, "no length: %d", none->status);
    expect_error(none, none->status, NULL);
}

Test(wire, heads_have_limits)
{
    const char *line = "GET /api/auth/me HTTP/1.1\r\nHost: x\r\n";
    expect_cut_off("70 headers", text("%s%s%s\r\n", line, repeat("X-A: 1\r\n", 70), bearer()), 431);
    expect_cut_off("64 headers", text("%s%s%s\r\n", line, repeat("X-A: 1\r\n", 62), bearer()), 431);
    expect_status(ask(text("%s%s%s\r\n", line, repeat("X-A: 1\r\n", 50), bearer())), 200);
    expect_cut_off("17 KB in one header",
                   text("%sX-A: %s\r\n%s\r\n", line, repeat("a", 17408), bearer()), 431);
    expect_cut_off("17 KB of target",
                   text("GET /api/customers?search=%s HTTP/1.1\r\nHost: x\r\n%s\r\n",
                        repeat("a", 17408), bearer()),
                   431);
    expect_error(
        ask(text("%s%s\r\n", "GET /api/nope HTTP/1.1\r\nHost: x\r\n", repeat("X-A: 1\r\n", 70))),
        431, NULL);
}

Test(wire, request_lines)
{
    static const char *const BAD[] = {
        "GARBAGE\r\n\r\n",
        "GET\r\n\r\n",
        "GET /api/auth/me\r\n\r\n",
        "GET /api/auth/me HTTP/9.9\r\nHost: x\r\n\r\n",
        "GET  /api/auth/me HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET api/auth/me HTTP/1.1\r\nHost: x\r\n\r\n",
        "\x16\x03\x01\x02\r\n\r\n",
        "G\x01T / HTTP/1.1\r\nHost: x\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
    };
    for (size_t i = 0; i < COUNT(BAD); i++) {
        const Response *r = ask(BAD[i]);
        cr_assert(r->status >= 400 && r->status < 500, "%s: %d %s", BAD[i], r->status, r->body);
        expect_error(r, r->status, NULL);
    }
    const char *rest = text(" HTTP/1.1\r\nHost: x\r\n%s\r\n", bearer());
    const Response *lower = ask(text("get /api/auth/me%s", rest));
    expect_error(lower, 405, NULL);
    expect_status(ask(text("GET %s/api/auth/me%s", the_system()->gateway, rest)), 200);
    expect_error(ask(text("GET /api/auth/me/%s", rest)), 404, NULL);
    expect_error(ask(text("GET //api/auth/me%s", rest)), 404, NULL);
    expect_error(ask(text("GET /api/x/../auth/me%s", rest)), 404, NULL);
    expect_error(ask(text("GET /api/auth%%2Fme%s", rest)), 404, NULL);
    expect_error(ask(text("GET /api/customers/%%00%s", rest)), 400, "uuid");
}

/* The HTTP library knows its methods, and reads no further at another. */
Test(wire, methods_that_nobody_knows)
{
    static const char *const METHODS[] = {"FOO", "TRACE", "QUERY", "PATCH", "LINK", "GE{T"};
    for (size_t i = 0; i < COUNT(METHODS); i++) {
        const Response *r = ask(text("%s /api/customers?limit=1 HTTP/1.1\r\nHost: x\r\n"
                                     "Content-Length: 2\r\n\r\n{}",
                                     METHODS[i]));
        expect_error(r, 405, NULL);
        expect_text(header(r, "Allow"), "GET, HEAD, POST, OPTIONS");
        expect_json(r, "path", "'/api/customers'");
        expect_error(ask(text("%s /api/nope HTTP/1.1\r\nHost: x\r\n\r\n", METHODS[i])), 404, NULL);
    }
}

/* RFC 9112 §3.2: absolute form with our own authority is answered. The HTTP library ends
 * connections that ask for another server before anybody is told; what it must not do is serve
 * them. */
Test(wire, targets_that_name_a_server)
{
    static const char *const TARGETS[] = {"GET http://x/api/auth/me", "GET https://x/api/auth/me",
                                          "GET http://x:1/api/auth/me", "OPTIONS *",
                                          "CONNECT x:443"};
    for (size_t i = 0; i < COUNT(TARGETS); i++) {
        const Response *r = ask(text("%s HTTP/1.1\r\nHost: x\r\n%s\r\n", TARGETS[i], bearer()));
        cr_expect(r->status == 0 || r->status >= 400, "%s: %d", TARGETS[i], r->status);
        if (r->status)
            expect_error(r, r->status, NULL);
    }
    expect_status(get(client_admin(), "/auth/me"), 200);
}

Test(wire, header_lines)
{
    const char *get_me = "GET /api/auth/me HTTP/1.1\r\n";
    expect_cut_off("no host", text("%s%s\r\n", get_me, bearer()), 400);
    expect_cut_off("two hosts", text("%sHost: x\r\nHost: y\r\n%s\r\n", get_me, bearer()), 400);
    expect_cut_off("a folded line", text("%sHost: x\r\nX-A: 1\r\n 2\r\n%s\r\n", get_me, bearer()),
                   400);
    expect_cut_off("a blank before the colon",
                   text("%sHost: x\r\nX-A : 1\r\n%s\r\n", get_me, bearer()), 400);
    expect_cut_off("a line without a colon", text("%sHost: x\r\nX-A\r\n%s\r\n", get_me, bearer()),
                   400);
    expect_cut_off("a bare line feed", text("%sHost: x\nX-A: 1\r\n%s\r\n", get_me, bearer()), 400);
    const Response *two = ask(text("%sHost: x\r\n%s%s\r\n", get_me, bearer(), bearer()));
    expect_error(two, 401, NULL);
}

Test(wire, pipelined_requests_are_answered_in_order)
{
    const char *name = unique("Pipa");
    const char *body = text("{\"name\":\"%s\"}", name);
    const char *length = text("Content-Length: %zu\r\n", strlen(body));
    const char *read = text("GET /api/auth/me HTTP/1.1\r\nHost: x\r\n%s\r\n", bearer());
    int wire = wire_open();
    wire_text(wire, text("%s%s%s%s%s", read, create(length, body),
                         "GET /api/nope HTTP/1.1\r\nHost: x\r\n\r\n",
                         "GET /api/auth/me HTTP/1.1\r\nHost: x\r\n\r\n", read));
    expect_json(wire_answer(wire, SOON_MS), "username", "'admin'");
    expect_json(wire_answer(wire, SOON_MS), "name", text("'%s'", name));
    expect_error(wire_answer(wire, SOON_MS), 404, NULL);
    expect_error(wire_answer(wire, SOON_MS), 401, NULL);
    expect_json(wire_answer(wire, SOON_MS), "username", "'admin'");
    wire_close(wire);
    expect_number(sql_int("SELECT count(*) FROM sales.customer WHERE name = '%s'", name), 1);
}

/* The body of a refused request is no request. */
Test(wire, a_refused_body_is_not_read_as_a_request)
{
    const char *inside = "GET /api/nope HTTP/1.1\r\nHost: x\r\n\r\n";
    int wire = wire_open();
    wire_text(wire, text("POST /api/customers HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n%s"
                         "GET /api/auth/me HTTP/1.1\r\nHost: x\r\n%s\r\n",
                         strlen(inside), inside, bearer()));
    expect_error(wire_answer(wire, SOON_MS), 401, NULL);
    const Response *next = wire_answer(wire, SOON_MS);
    cr_assert(next->status == 200 || next->status == 0, "%d %s", next->status, next->body);
    wire_close(wire);
}

Test(wire, versions_and_expectations)
{
    int wire = wire_open();
    wire_text(wire, text("GET /api/auth/me HTTP/1.0\r\n%s\r\n", bearer()));
    expect_status(wire_answer(wire, SOON_MS), 200);
    cr_assert(wire_closes(wire, SOON_MS), "HTTP/1.0 stays open");
    wire_close(wire);

    wire = wire_open();
    wire_text(wire, create("Content-Length: 16\r\nExpect: 100-continue\r\n", ""));
    expect_status(wire_answer(wire, SOON_MS), 100);
    wire_text(wire, "{\"name\":\"Kawat\"}");
    expect_status(wire_answer(wire, SOON_MS), 201);
    wire_close(wire);
}

/* Ten bodies that never come, ten that come by drops, ten heads that never end. */
typedef struct Slow {
    int wires[30];
    int answers[30];
} Slow;

static void run_slow(void *context, int index)
{
    Slow *slow = context;
    int wire = slow->wires[index];
    int64_t until = now_ms() + SOON_MS;
    const char *drop = index < 10 ? NULL : index < 20 ? "x" : "X-A: 1\r\n";
    const Response *r;
    do {
        if (drop)
            wire_text(wire, drop);
        r = wire_answer(wire, drop ? 200 : SOON_MS);
    } while (!r->status && !wire_closes(wire, 0) && now_ms() < until);
    slow->answers[index] = now_ms() < until ? r->status : -1;
}

static void run_honest_and_slow(void *context, int index)
{
    Slow *slow = context;
    if (index < 30) {
        run_slow(context, index);
        return;
    }
    Client *client = client_admin();
    for (int i = 0; i < 50; i++)
        if (get(client, "/customers?limit=1")->status != 200)
            slow->answers[0] = -2;
}

Test(wire, slow_clients_are_cut_off_and_disturb_nobody)
{
    Slow slow = {0};
    for (int i = 0; i < 30; i++) {
        slow.wires[i] = wire_open();
        wire_text(slow.wires[i], i < 20 ? create("Content-Length: 10000\r\n", "{")
                                        : "GET /api/auth/me HTTP/1.1\r\nHost: x\r\n");
    }
    parallel(32, run_honest_and_slow, &slow);
    for (int i = 0; i < 30; i++) {
        cr_assert_geq(slow.answers[i], 0, "client %d: not cut off, or others were disturbed", i);
        if (i < 20)
            expect_number(slow.answers[i], 400);
        wire_close(slow.wires[i]);
    }
}

Test(wire, clients_that_vanish)
{
    for (int i = 0; i < 50; i++) {
        int wire = wire_open();
        const char *request = create("Content-Length: 1000\r\n", "{\"name\":");
        wire_send(wire, request, strlen(request) * (size_t)i / 50);
        wire_close(wire);
    }
}
