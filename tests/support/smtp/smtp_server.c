/* One thread, one connection after another, replies by the first word. */
#include "smtp_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAILS_MAX = 64, MAIL_MAX = 64 * 1024, LINE_MAX_BYTES = 4096 };

struct SmtpServer {
    int wire, port;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    int refuse, refused, count;
    char *mails[MAILS_MAX];
};

typedef struct Session {
    SmtpServer *server;
    FILE *in, *out;
    char *mail;
    size_t length;
} Session;

static void say(Session *session, const char *reply)
{
    (void)fprintf(session->out, "%s\r\n", reply);
    (void)fflush(session->out);
}

static void keep(Session *session, const char *line)
{
    size_t n = strlen(line);
    if (session->length + n < MAIL_MAX) {
        memcpy(session->mail + session->length, line, n + 1);
        session->length += n;
    }
}

/* Up to the line with a dot alone; a dot that begins a line was doubled. */
static bool read_data(Session *session)
{
    char line[LINE_MAX_BYTES];
    while (fgets(line, sizeof line, session->in)) {
        if (strcmp(line, ".\r\n") == 0)
            return true;
        keep(session, line[0] == '.' ? line + 1 : line);
    }
    return false;
}

static void finish(Session *session)
{
    SmtpServer *server = session->server;
    (void)pthread_mutex_lock(&server->lock);
    bool refuses = server->refuse > 0;
    if (refuses) {
        server->refuse--;
        server->refused++;
    } else if (server->count < MAILS_MAX) {
        server->mails[server->count++] = strdup(session->mail);
    }
    (void)pthread_mutex_unlock(&server->lock);
    say(session, refuses ? "451 not now" : "250 taken");
}

static bool is(const char *line, const char *word)
{
    return strncasecmp(line, word, strlen(word)) == 0;
}

/* False where the session is over. */
static bool command(Session *session, char *line)
{
    line[strcspn(line, "\r\n")] = '\0';
    if (is(line, "QUIT")) {
        say(session, "221 bye");
        return false;
    }
    if (is(line, "DATA")) {
        say(session, "354 go on");
        if (!read_data(session))
            return false;
        finish(session);
        return true;
    }
    if (is(line, "MAIL"))
        session->length = 0;
    if (is(line, "MAIL") || is(line, "RCPT")) {
        keep(session, line);
        keep(session, "\n");
    }
    say(session, is(line, "EHLO") || is(line, "HELO") || is(line, "MAIL") || is(line, "RCPT") ||
                         is(line, "RSET") || is(line, "NOOP")
                     ? "250 fine"
                     : "502 what?");
    return true;
}

static void serve(SmtpServer *server, int wire)
{
    char line[LINE_MAX_BYTES];
    Session session = {.server = server,
                       .in = fdopen(wire, "r"),
                       .out = fdopen(dup(wire), "w"),
                       .mail = calloc(1, MAIL_MAX)};
    if (!session.in || !session.out || !session.mail)
        abort();
    say(&session, "220 test");
    while (fgets(line, sizeof line, session.in) && command(&session, line)) {
    }
    (void)fclose(session.in);
    (void)fclose(session.out);
    free(session.mail);
}

static void *server_main(void *context)
{
    SmtpServer *server = context;
    for (int wire; (wire = accept(server->wire, NULL, NULL)) >= 0;)
        serve(server, wire);
    return NULL;
}

SmtpServer *smtp_server_start(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t length = sizeof address;
    SmtpServer *server = calloc(1, sizeof *server);
    int on = 1;
    if (!server)
        abort();
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)pthread_mutex_init(&server->lock, NULL);
    server->wire = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)setsockopt(server->wire, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(server->wire, (struct sockaddr *)&address, length) == 0 &&
        listen(server->wire, 8) == 0 &&
        getsockname(server->wire, (struct sockaddr *)&address, &length) == 0 &&
        pthread_create(&server->thread, NULL, server_main, server) == 0) {
        server->port = ntohs(address.sin_port);
        return server;
    }
    (void)close(server->wire);
    free(server);
    return NULL;
}

void smtp_server_stop(SmtpServer *server)
{
    (void)shutdown(server->wire, SHUT_RDWR);
    (void)pthread_join(server->thread, NULL);
    (void)close(server->wire);
    for (int i = 0; i < server->count; i++)
        free(server->mails[i]);
    free(server);
}

int smtp_server_port(const SmtpServer *server)
{
    return server->port;
}

void smtp_server_refuse(SmtpServer *server, int count)
{
    (void)pthread_mutex_lock(&server->lock);
    server->refuse = count;
    (void)pthread_mutex_unlock(&server->lock);
}

static int locked(SmtpServer *server, const int *value)
{
    (void)pthread_mutex_lock(&server->lock);
    int copy = *value;
    (void)pthread_mutex_unlock(&server->lock);
    return copy;
}

int smtp_server_refused(SmtpServer *server)
{
    return locked(server, &server->refused);
}

int smtp_server_count(SmtpServer *server)
{
    return locked(server, &server->count);
}

const char *smtp_server_mail(SmtpServer *server, int index)
{
    return index < smtp_server_count(server) ? server->mails[index] : NULL;
}
