/* RFC 5322 text, and two ways to hand it over. */
#include "kit/mail.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "kit/curl_late.h"

enum { SEND_MS = 10000, CONNECT_MS = 3000, SMTPS_PORT = 465 };

const Err MAIL_REFUSED = {
    .kind = ERR_UNAVAILABLE, .message = "The mail could not be handed over", .retry_after = 1};

static bool header_sound(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    return true;
}

static void put_date(Buf *buf, int64_t at)
{
    char text[48];
    struct tm tm;
    time_t seconds = (time_t)(at / 1000000);
    (void)gmtime_r(&seconds, &tm);
    if (strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &tm))
        buf_printf(buf, "Date: %s\r\n", text);
}

static const char *domain_of(const char *address)
{
    const char *at = strrchr(address, '@');
    return at && at[1] ? at + 1 : "localhost";
}

/* Headers and text with CR LF line ends. libcurl doubles the dots that begin a line. */
static const Err *compose(Arena *arena, const Mail *mail, Buf *ret_text)
{
    Buf buf = {.arena = arena};
    if (!header_sound(mail->from) || !header_sound(mail->to) || !header_sound(mail->subject) ||
        !header_sound(mail->id))
        return err_with_cause(arena, &MAIL_REFUSED, "a control character in a header");
    buf_printf(&buf, "From: %s\r\nTo: %s\r\nSubject: %s\r\n", mail->from, mail->to, mail->subject);
    put_date(&buf, mail->at);
    buf_printf(&buf, "Message-ID: <%s@%s>\r\n", mail->id, domain_of(mail->from));
    buf_puts(&buf, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                   "Content-Transfer-Encoding: 8bit\r\nAuto-Submitted: auto-generated\r\n\r\n");
    for (const char *p = mail->text; *p; p++) {
        if (*p == '\n')
            buf_putc(&buf, '\r');
        buf_putc(&buf, *p);
    }
    *ret_text = buf;
    return NULL;
}

typedef struct Upload {
    const char *data;
    size_t left;
} Upload;

static size_t on_read(char *buffer, size_t size, size_t count, void *context)
{
    Upload *upload = context;
    size_t n = size * count;
    if (n > upload->left)
        n = upload->left;
    memcpy(buffer, upload->data, n);
    upload->data += n;
    upload->left -= n;
    return n;
}

static bool is_local(const char *host)
{
    return str_eq(host, "localhost") || str_eq(host, "::1") || str_starts(host, "127.");
}

static long tls_of(const MailServer *server)
{
    return *server->user && !is_local(server->host) ? CURLUSESSL_ALL : CURLUSESSL_TRY;
}

static void set_options(CURL *curl, const MailServer *server, const char *url, const Mail *mail,
                        struct curl_slist *to, Upload *upload)
{
    (void)curl_easy_setopt(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)SEND_MS);
    (void)curl_easy_setopt(curl, CURLOPT_USE_SSL, tls_of(server));
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (*server->user) {
        (void)curl_easy_setopt(curl, CURLOPT_USERNAME, server->user);
        (void)curl_easy_setopt(curl, CURLOPT_PASSWORD, server->password);
    }
    (void)curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail->from);
    (void)curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    (void)curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
    (void)curl_easy_setopt(curl, CURLOPT_READDATA, upload);
}

const Err *mail_send(Arena *arena, const MailServer *server, const Mail *mail)
{
    Buf text = {.arena = arena};
    TRY(compose(arena, mail, &text));
    if (!curl_late())
        return err_with_cause(arena, &MAIL_REFUSED, "there is no libcurl");
    const char *url =
        arena_printf(arena, "%s://%s:%d", server->port == SMTPS_PORT ? "smtps" : "smtp",
                     server->host, (int)server->port);
    Upload upload = {text.data, text.length};
    CURL *curl = curl_easy_init();
    struct curl_slist *to = curl_slist_append(NULL, mail->to);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    long answer = 0;
    if (curl && to) {
        set_options(curl, server, url, mail, to, &upload);
        code = curl_easy_perform(curl);
        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    }
    curl_slist_free_all(to);
    curl_easy_cleanup(curl);
    if (code == CURLE_OK)
        return NULL;
    return err_with_cause(arena, &MAIL_REFUSED, "%s, answer %ld", curl_easy_strerror(code), answer);
}

static bool write_whole(const char *path, const Buf *text)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    bool ok = fwrite(text->data, 1, text->length, file) == text->length && fflush(file) == 0 &&
              fsync(fileno(file)) == 0;
    return fclose(file) == 0 && ok;
}

const Err *mail_write(Arena *arena, const char *folder, const Mail *mail)
{
    Buf text = {.arena = arena};
    TRY(compose(arena, mail, &text));
    const char *path = arena_printf(arena, "%s/%s.eml", folder, mail->id);
    const char *part = arena_printf(arena, "%s.part", path);
    (void)mkdir(folder, 0700);
    if (write_whole(part, &text) && rename(part, path) == 0)
        return NULL;
    return err_with_cause(arena, &MAIL_REFUSED, "%s: %s", folder, strerror(errno));
}
