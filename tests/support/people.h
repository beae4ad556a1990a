/* Users of a test's own: their sessions, and the mails they get. Not a part of testkit.h, since few
 * need it. */
#ifndef SF_PEOPLE_H
#define SF_PEOPLE_H

#include "testkit.h"

#define PASSWORD "Rahasia-Kuat-77!" /* of every new one */

typedef struct Person {
    const char *name, *uuid;
    int64_t role;
    Client *client;
    const char *refresh;
} Person;

/* A client from an address that nobody has signed in from. */
Client *stranger(void);
/* A user who has not signed in: name@example.test, "Pak name", language en. */
const char *user_new(int64_t role);
int64_t viewer_role(void);
const Response *sign_in(Client *client, const char *name, const char *password);

/* A user with a role of these permissions ("'so.read'"), signed in. */
Person person_new(const char *permissions);
/* A further session, whose client and refresh token take the place of the ones before. */
void person_sign_in(Person *person, const char *password);
/* Within a second the access token is dead, and so is the refresh token. */
void person_expect_signed_out(const Person *person);
int64_t role_new(const char *permissions);
const Response *session_refresh(const char *token);

/* Asks for a link for a new password. */
void mail_ask(const char *email);
/* The text of a mail to the address that is not `before`; NULL: there is none. */
const char *mail_to(const char *address, const char *before);
/* Waits for such a mail; the token of its link. */
const char *mail_token(const char *address, const char *before, const char **ret_mail);
/* "" where there is no such file; bytes of value 0 as blanks. */
char *file_text(const char *path);

#endif
