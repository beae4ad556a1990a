/* One mail, handed over: over SMTP, into a folder, or not. Not the job that keeps trying. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/mail.h"
#include "smtp_server.h"

static Arena *arena;

static void setup(void)
{
    arena = arena_new(0);
}

static void teardown(void)
{
    arena_delete(arena);
}

TestSuite(mail, .init = setup, .fini = teardown);

static Mail mail_with(const char *text)
{
    return (Mail){.id = "0190a000-0000-7000-8000-000000000001",
                  .from = "erp@example.test",
                  .to = "budi@example.test",
                  .subject = "Reset your password",
                  .text = text,
                  .at = INT64_C(1735293600000000)};
}

static MailServer at(const SmtpServer *server)
{
    return (MailServer){"127.0.0.1", "", "", smtp_server_port(server)};
}

Test(mail, what_is_sent_arrives_as_it_was)
{
    static const char WANTED[] =
        "From: erp@example.test\r\nTo: budi@example.test\r\nSubject: Reset your password\r\n"
        "Date: Fri, 27 Dec 2024 10:00:00 +0000\r\n"
        "Message-ID: <0190a000-0000-7000-8000-000000000001@example.test>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 8bit\r\nAuto-Submitted: auto-generated\r\n\r\n"
        "Halo \xc3\x89\r\n.\r\n..two\r\ntoken=a-_b\r\n";
    SmtpServer *server = smtp_server_start(0);
    MailServer to = at(server);
    Mail mail = mail_with("Halo \xc3\x89\n.\n..two\ntoken=a-_b\n");
    cr_assert_null(mail_send(arena, &to, &mail));
    cr_assert_eq(smtp_server_count(server), 1);
    const char *text = smtp_server_mail(server, 0);
    cr_expect(strstr(text, "MAIL FROM:<erp@example.test>"), "%s", text);
    cr_expect(strstr(text, "RCPT TO:<budi@example.test>"), "%s", text);
    cr_expect(strstr(text, WANTED), "%s", text);
    smtp_server_stop(server);
}

Test(mail, a_refusal_is_told_without_the_address)
{
    SmtpServer *server = smtp_server_start(0);
    MailServer to = at(server);
    Mail mail = mail_with("x\n");
    smtp_server_refuse(server, 1);
    const Err *err = mail_send(arena, &to, &mail);
    cr_assert(err_is(err, &MAIL_REFUSED));
    cr_expect(err->cause && strstr(err->cause, "451"), "%s", err->cause);
    cr_expect_not(strstr(err->cause, "budi"), "%s", err->cause);
    cr_expect_null(mail_send(arena, &to, &mail));
    cr_expect_eq(smtp_server_count(server), 1);
    smtp_server_stop(server);
    cr_expect(err_is(mail_send(arena, &to, &mail), &MAIL_REFUSED), "nobody listens");
}

Test(mail, no_header_is_smuggled_in)
{
    SmtpServer *server = smtp_server_start(0);
    MailServer to = at(server);
    Mail mail = mail_with("x\n");
    mail.to = "budi@example.test\r\nBcc: all@example.test";
    cr_expect(err_is(mail_send(arena, &to, &mail), &MAIL_REFUSED));
    mail = mail_with("x\n");
    mail.subject = "a\nBcc: all@example.test";
    cr_expect(err_is(mail_send(arena, &to, &mail), &MAIL_REFUSED));
    cr_expect(err_is(mail_write(arena, "/nonexistent", &mail), &MAIL_REFUSED));
    cr_expect_eq(smtp_server_count(server), 0);
    smtp_server_stop(server);
}

/* Whoever listens on the way must not learn the password: no TLS, no sign-in elsewhere. */
Test(mail, a_password_goes_to_no_server_without_tls)
{
    SmtpServer *server = smtp_server_start(0);
    MailServer to = at(server);
    Mail mail = mail_with("x\n");
    to.host = "0.0.0.0"; /* reaches this machine, and is not known as it */
    to.user = "erp";
    to.password = "geheim";
    cr_expect(err_is(mail_send(arena, &to, &mail), &MAIL_REFUSED));
    cr_expect_eq(smtp_server_count(server), 0);
    smtp_server_stop(server);
}

static int files_in(const char *folder)
{
    int count = 0;
    DIR *dir = opendir(folder);
    for (const struct dirent *entry; dir && (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    if (dir)
        (void)closedir(dir);
    return count;
}

Test(mail, a_folder_has_each_mail_once)
{
    char folder[] = "/tmp/sentient-mail.XXXXXX";
    Mail mail = mail_with("token=a\n");
    cr_assert_not_null(mkdtemp(folder));
    const char *inner = arena_printf(arena, "%s/mail", folder);
    cr_expect_null(mail_write(arena, inner, &mail), "makes the folder");
    cr_expect_null(mail_write(arena, inner, &mail));
    cr_expect_eq(files_in(inner), 1);
    const char *path = arena_printf(arena, "%s/%s.eml", inner, mail.id);
    FILE *file = fopen(path, "r");
    char text[2048] = "";
    cr_assert(file && fread(text, 1, sizeof text - 1, file) > 0);
    (void)fclose(file);
    cr_expect(strstr(text, "\r\n\r\ntoken=a\r\n"), "%s", text);
    cr_expect(err_is(mail_write(arena, path, &mail), &MAIL_REFUSED), "no folder");
    (void)unlink(path);
    (void)rmdir(inner);
    (void)rmdir(folder);
}
