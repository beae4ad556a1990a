/* The daemon auth: who may sign in and what they may do. Tables only. */
#include "kit/password.h"
#include "role_store.h"
#include "seed.h"
#include "sentient/auth.handlers.h"
#include "user_store.h"

/* Passwords are hashed by as many threads as requests that want it run; the others wait or go. */
enum { PASSWORD_THREADS = 2, PASSWORD_QUEUE = 16, MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS };

static const Setting SETTINGS[] = {
    {"JWT_SECRET", SETTING_TEXT, NULL, SETTING_LIVE_SECRET, 0, 0,
     "signs access tokens, at least 32 bytes"},
    {"JWT_EXPIRES_IN", SETTING_SECONDS, "1d", false, 60, 30 * 86400, "life of an access token"},
    {"JWT_REFRESH_SECRET", SETTING_TEXT, NULL, SETTING_LIVE_SECRET, 0, 0,
     "keys the hash under which refresh tokens are stored, at least 32 bytes"},
    {"JWT_REFRESH_EXPIRES_IN", SETTING_SECONDS, "7d", false, 60, 365 * 86400,
     "life of a refresh token"},
    {"BOOTSTRAP_ADMIN_PASSWORD", SETTING_TEXT, "", SETTING_SECRET, 0, 0,
     "password of the user admin, created where there is no active Admin"},
    {0},
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
    {0},
};

int main(int argc, char **argv)
{
    static const Service SERVICE = {
        .contract = &AUTH_CONTRACT,
        .code = AUTH_CODE,
        .jobs = JOBS,
        .constraints = CONSTRAINTS,
        .constraint_count = sizeof CONSTRAINTS / sizeof *CONSTRAINTS,
        .settings = SETTINGS,
        .slow_workers = PASSWORD_THREADS,
        .slow_queue = PASSWORD_QUEUE,
        .start = auth_start,
    };
    password_pool_start(PASSWORD_THREADS, PASSWORD_QUEUE);
    return service_run(&SERVICE, argc, argv);
}
