/* Forgotten passwords: links that are mailed, used, and die. When the mail server is away:
 * fault_mail.c. */
#include <string.h>

#include "people.h"

static const Response *set_password(const char *token, const char *password)
{
    return post(client_new(NULL), "/auth/reset-password",
                json("{'token':'%s','password':'%s'}", token, password));
}

Test(resets, a_forgotten_password)
{
    Person person = person_new("");
    const char *address = text("%s@example.test", person.name), *mail, *second;
    mail_ask(text("P%s", address + 1)); /* addresses have no case */
    const char *token = mail_token(address, NULL, &mail);
    cr_expect(strstr(mail, "Subject: Reset your password"), "in the user's language");
    cr_expect(strstr(mail, text("Hello Pak %s,", person.name)));
    mail_ask(address);
    const char *newer = mail_token(address, mail, &second);
    expect_error(set_password("no-such-token", "Lupa-Kata-55!"), 422, "token");
    expect_error(set_password(token, "pendek"), 400, "password");
    expect_error(set_password(token, person.name), 400, "password");
    expect_status(get(person.client, "/auth/me"), 200);
    expect_status(set_password(token, "Lupa-Kata-55!"), 200);
    person_expect_signed_out(&person);
    expect_error(set_password(token, "Lupa-Lagi-66!"), 422, "token");
    expect_error(set_password(newer, "Lupa-Lagi-66!"), 422, "token");
    person_sign_in(&person, "Lupa-Kata-55!");
}

/* Whatever was done against somebody who reads the user's mail holds against his link too. */
Test(resets, a_link_dies_with_whatever_was_changed_since)
{
    Client *admin = client_admin();
    for (size_t i = 0; i < 3; i++) {
        Person person = person_new("");
        const char *path = text("/users/%s", person.uuid);
        const char *const bodies[] = {"{\"password\":\"Lebih-Kuat-99!\"}",
                                      json("{'email':'%s@elsewhere.test'}", person.name),
                                      "{\"isActive\":false}"};
        const char *address = text("%s@example.test", person.name), *mail;
        mail_ask(address);
        const char *token = mail_token(address, NULL, &mail);
        expect_status(put(admin, path, bodies[i]), 200);
        expect_status(put(admin, path, "{\"isActive\":true}"), 200);
        expect_error(set_password(token, "Lupa-Kata-55!"), 422, "token");
    }
    Person own = person_new("");
    const char *address = text("%s@example.test", own.name), *mail;
    mail_ask(address);
    const char *token = mail_token(address, NULL, &mail);
    expect_status(put(own.client, "/auth/password",
                      "{\"currentPassword\":\"" PASSWORD "\",\"newPassword\":\"Lebih-Kuat-88!\"}"),
                  200);
    expect_error(set_password(token, "Lupa-Kata-55!"), 422, "token");
}

Test(resets, nobody_learns_who_has_an_account)
{
    Person idle = person_new("");
    const char *unknown = text("%s@example.test", unique("nobody"));
    const char *inactive = text("%s@example.test", idle.name);
    expect_status(put(client_admin(), text("/users/%s", idle.uuid), "{\"isActive\":false}"), 200);
    mail_ask(unknown);
    mail_ask(inactive);
    Person known = person_new(""); /* by its mail the others' turn has passed */
    const char *mail;
    mail_ask(text("%s@example.test", known.name));
    (void)mail_token(text("%s@example.test", known.name), NULL, &mail);
    cr_expect_null(mail_to(unknown, NULL));
    cr_expect_null(mail_to(inactive, NULL));
    expect_number(sql_int("SELECT count(*) FROM auth.password_reset WHERE user_id IS NULL AND "
                          "created_at > now() - interval '10 minutes'") >= 2,
                  1);
}
