/* The daemon auth: who may sign in and what they may do. Tables only. */
#include "kit/password.h"
#include "role_store.h"
#include "seed.h"
#include "sentient/auth.handlers.h"
#include "settings.h"
#include "user_store.h"

/* At most so many threads hash passwords; so many requests wait for one, the others go. */
enum {
    PASSWORD_THREADS = 2,
    PASSWORD_QUEUE = 16,
    MAIL_MS = 250,
    MINUTE_MS = 60 * 1000,
    HOUR_MS = 60 * MINUTE_MS
};

static const DbConstraint CONSTRAINTS[] = {
    {"user_account_username_key", &USER_USERNAME_TAKEN, "username"},
    {"user_account_email_key", &USER_EMAIL_TAKEN, "email"},
    {"role_name_key", &ROLE_NAME_TAKEN, "name"},
};

static const Job JOBS[] = {
    {"session_forget", HOUR_MS, session_forget},
    {"login_forget", MINUTE_MS, login_forget},
    {"identity_forget", HOUR_MS, identity_forget},
    {"reset_forget", HOUR_MS, reset_forget},
    {0},
};

static const SlowJob SLOW_JOBS[] = {{"reset_mail", MAIL_MS, reset_mail_send, reset_mail_mark}, {0}};

int main(int argc, char **argv)
{
    static const Service SERVICE = {
        .contract = &AUTH_CONTRACT,
        .code = AUTH_CODE,
        .jobs = JOBS,
        .slow_jobs = SLOW_JOBS,
        .constraints = CONSTRAINTS,
        .constraint_count = sizeof CONSTRAINTS / sizeof *CONSTRAINTS,
        .settings = AUTH_SETTINGS,
        .slow_workers = PASSWORD_THREADS,
        .slow_queue = PASSWORD_QUEUE,
        .start = auth_start,
    };
    password_pool_start(PASSWORD_THREADS, PASSWORD_QUEUE);
    return service_run(&SERVICE, argc, argv);
}
