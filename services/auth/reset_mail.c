/* The job that mails links for new passwords, one at a time, until the server has taken each. */
#include "auth.sql.h"
#include "base/log.h"
#include "base/str.h"
#include "kit/config.h"
#include "kit/mail.h"
#include "seed.h"
#include "tokens.h"

enum { PAUSE_MAX_S = 60 };

static const Err NO_SERVER = {.kind = ERR_UNAVAILABLE, .message = "SMTP_HOST is not set"};

typedef struct Pending {
    int64_t id, attempts;
    const char *uuid, *email, *full_name, *language;
    bool sent;
} Pending;

static const DbColumn PENDING[] = {DB_COLUMN_INT(Pending, id),
                                   DB_COLUMN_INT(Pending, attempts),
                                   DB_COLUMN_TEXT(Pending, uuid),
                                   DB_COLUMN_TEXT(Pending, email),
                                   DB_COLUMN_TEXT(Pending, full_name),
                                   DB_COLUMN_TEXT(Pending, language),
                                   DB_END};

static const struct {
    const char *subject, *text; /* name, link */
} TEXTS[] = {
    {"Atur ulang kata sandi",
     "Halo %s,\n\nada yang meminta kata sandi baru untuk akun Anda di Sentient Factory.\n"
     "Tautan ini berlaku 30 menit dan hanya satu kali:\n\n%s\n\n"
     "Jika bukan Anda, abaikan saja surat ini: tidak ada yang berubah.\n"},
    {"Reset your password",
     "Hello %s,\n\nsomebody asked for a new password for your account at Sentient Factory.\n"
     "This link is good for 30 minutes, and once:\n\n%s\n\n"
     "If it was not you, ignore this mail: nothing has changed.\n"},
};

static const Err *hand_over(Request *rq, const Mail *mail)
{
    const char *folder = config_text("MAIL_DIR");
    MailServer server = {config_text("SMTP_HOST"), config_text("SMTP_USER"),
                         config_text("SMTP_PASS"), config_int("SMTP_PORT")};
    if (*server.host)
        return mail_send(rq->arena, &server, mail);
    if (*folder && !config_is_production())
        return mail_write(rq->arena, folder, mail);
    return &NO_SERVER;
}

static const Err *mail_link(Request *rq, const Pending *pending)
{
    size_t language = str_eq(pending->language, "en");
    const char *link = arena_printf(rq->arena, "%s%s", config_text("PASSWORD_RESET_URL"),
                                    reset_token_of(rq->arena, pending->uuid));
    Buf text = {.arena = rq->arena};
    for (const char *p = TEXTS[language].text, *value = pending->full_name; *p; p++) {
        if (p[0] != '%' || p[1] != 's') {
            buf_putc(&text, *p);
            continue;
        }
        buf_puts(&text, value);
        value = link;
        p++;
    }
    return hand_over(rq, &(Mail){.id = pending->uuid,
                                 .from = config_text("SMTP_FROM"),
                                 .to = pending->email,
                                 .subject = TEXTS[language].subject,
                                 .text = text.data,
                                 .at = rq->now});
}

const Err *reset_mail_send(Request *rq)
{
    bool found = false;
    Pending *pending = ARENA_NEW(rq->arena, Pending);
    TRY(db_run(rq->db, &RESET_PENDING, ARG(arg_text("now", rq_now(rq))),
               TRY_STRUCT(PENDING, pending, &found)));
    if (!found)
        return NULL;
    const Err *err = mail_link(rq, pending);
    pending->sent = !err;
    if (err)
        log_warn("a mail has to wait", LOG_STR("mail", pending->uuid),
                 LOG_INT("attempts", pending->attempts + 1), LOG_ERR(err));
    rq->prepared = pending;
    return NULL;
}

static int64_t pause_after(int64_t attempts)
{
    return attempts >= 6 ? PAUSE_MAX_S : INT64_C(1) << attempts;
}

const Err *reset_mail_mark(Request *rq)
{
    const Pending *pending = rq->prepared;
    if (pending->sent)
        return db_run(rq->db, &RESET_SENT,
                      ARG(arg_int("id", pending->id), arg_text("now", rq_now(rq))), INTO_NOTHING);
    return db_run(rq->db, &RESET_POSTPONE,
                  ARG(arg_int("id", pending->id), arg_text("now", rq_now(rq)),
                      arg_int("seconds", pause_after(pending->attempts))),
                  INTO_NOTHING);
}

const Err *reset_forget(Request *rq)
{
    return db_run(rq->db, &RESET_FORGET, ARG(arg_text("now", rq_now(rq))), INTO_NOTHING);
}
