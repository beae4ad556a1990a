/* Expectations with messages that show what came instead; waiting for conditions. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "testkit.h"

enum { POLL_MS = 10 };

void site_fail(Site site, const char *format, ...)
{
    char message[2048];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    cr_assert_fail("%s:%d: %s", site.file, site.line, message);
    abort();
}

static const char *seen(const Response *response)
{
    return text("%s %s: %d %s%.800s", response->method, response->path, response->status,
                response->why ? response->why : "", response->body);
}

void response_expect_status(Site site, const Response *response, int status)
{
    if (response->status != status)
        site_fail(site, "expected %d, got %s", status, seen(response));
}

static const char *phrase(int status)
{
    switch (status) {
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Payload Too Large";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Entity";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "?";
    }
}

/* 2024-12-27T10:00:00Z, with or without a fraction */
static bool is_instant(const char *value)
{
    const char *form = "dddd-dd-ddTdd:dd:dd";
    for (; *form; form++, value++)
        if (*form == 'd' ? !isdigit((unsigned char)*value) : *form != *value)
            return false;
    if (*value == '.')
        value += 1 + strspn(value + 1, "0123456789");
    return strcmp(value, "Z") == 0;
}

/* {"statusCode":…,"error":…,"message":…,["details":{…},]"timestamp":…,"path":…,"requestId":…} */
static bool has_the_members(const char *body)
{
    static const char *const NAMES[] = {"statusCode", "error", "message",  "details",
                                        "timestamp",  "path",  "requestId"};
    const char *shape = "{";
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *value = json_member(body, NAMES[i]);
        if (value)
            shape = text("%s%s\"%s\":%s", shape, i ? "," : "", NAMES[i], value);
        else if (strcmp(NAMES[i], "details") != 0)
            return false;
    }
    return strcmp(text("%s}", shape), body) == 0;
}

static bool equal(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static const char *error_fault(const Response *r)
{
    if (!json_valid(r->body) || !has_the_members(r->body))
        return "not the error body of the contract";
    if (!equal(json_raw(r->body, "statusCode"), text("%d", r->status)))
        return "statusCode is another one";
    if (!equal(json_string(r->body, "error"), phrase(r->status)))
        return "error is not the status in words";
    if (!json_string(r->body, "message") || !*json_string(r->body, "message"))
        return "no message";
    if (!json_string(r->body, "timestamp") || !is_instant(json_string(r->body, "timestamp")))
        return "timestamp is no instant";
    if (!equal(json_string(r->body, "requestId"), header(r, "X-Request-Id")))
        return "requestId is not X-Request-Id";
    if (!header(r, "Content-Type") ||
        strncmp(header(r, "Content-Type"), "application/json", 16) != 0)
        return "not application/json";
    return NULL;
}

void response_expect_error(Site site, const Response *response, int status, const char *field)
{
    response_expect_status(site, response, status);
    const char *fault = error_fault(response);
    if (fault)
        site_fail(site, "%s in %s", fault, seen(response));
    const char *messages = field ? json_member(json_raw(response->body, "details"), field) : "";
    if (!messages)
        site_fail(site, "details do not name %s in %s", field, seen(response));
    if (field && (json_count(messages, "") < 1 || !json_string(messages, "[0]")))
        site_fail(site, "details of %s are no list of texts in %s", field, seen(response));
}

void response_expect_json(Site site, const Response *response, const char *path, const char *value)
{
    const char *raw = json_raw(response->body, path);
    const char *wanted = value ? json("%s", value) : NULL;
    if (wanted ? !equal(raw, wanted) : raw != NULL)
        site_fail(site, "%s: expected %s, got %s in %s", path, wanted ? wanted : "nothing",
                  raw ? raw : "nothing", seen(response));
}

void text_expect(Site site, const char *actual, const char *wanted, const char *what)
{
    if (wanted ? !equal(actual, wanted) : actual != NULL)
        site_fail(site, "%s: expected %.800s, got %.800s", what, wanted ? wanted : "nothing",
                  actual ? actual : "nothing");
}

void number_expect(Site site, int64_t actual, int64_t wanted, const char *what)
{
    if (actual != wanted)
        site_fail(site, "%s: expected %lld, got %lld", what, (long long)wanted, (long long)actual);
}

int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void pause_ms(int ms)
{
    (void)nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

void wait_step(Wait *wait, const char *what)
{
    if (now_ms() - wait->began_ms > wait->limit_ms)
        site_fail(wait->site, "not within %lld ms: %s", (long long)wait->limit_ms, what);
    pause_ms(POLL_MS);
}
