/* One plain-text mail, over SMTP (libcurl) or into a folder. Not a queue: who must not lose it
 * keeps it until this succeeds. */
#ifndef SF_KIT_MAIL_H
#define SF_KIT_MAIL_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

typedef struct Mail {
    const char *id; /* left part of the Message-ID: the same for every attempt */
    const char *from, *to;
    const char *subject; /* ASCII */
    const char *text;    /* UTF-8, lines end with \n */
    int64_t at;          /* microseconds since 1970 */
} Mail;

/* With a user, TLS is demanded of every server but one on this machine; without, it is used where
 * the server offers it. Port 465 is TLS from the first byte. */
typedef struct MailServer {
    const char *host, *user, *password; /* user: "" for none */
    int64_t port;
} MailServer;

extern const Err MAIL_REFUSED; /* 503, with the cause for the log, which holds no address */

/* Waits for the server's acceptance, 10 s at most. */
const Err *mail_send(Arena *arena, const MailServer *server, const Mail *mail);
/* <folder>/<id>.eml, whole or not at all; the same mail again replaces it. */
const Err *mail_write(Arena *arena, const char *folder, const Mail *mail);

#endif
