/* Users in the database: what a change needs to know, and writing it. Not the rules. */
#ifndef SF_AUTH_USER_STORE_H
#define SF_AUTH_USER_STORE_H

#include "sentient/auth.pb-c.h"
#include "svc/request.h"

extern const Err USER_USERNAME_TAKEN; /* 409 */
extern const Err USER_EMAIL_TAKEN;    /* 409 */
extern const Err USER_TAKEN;          /* 409: details name what is */

/* Permissions of a role or of a user's role, "so.read,so.create". */
typedef struct RoleRights {
    bool is_admin;
    const char *rights;
} RoleRights;

/* A user about to be changed; his row is held until the transaction ends. */
typedef struct UserAccount {
    int64_t id;
    bool is_active, is_admin;
    const char *rights;
    Auth__User *user;
} UserAccount;

/* 404 where there is none, or it was deleted. */
const Err *user_lock(Request *rq, const char *uuid, UserAccount *ret_account);
/* How many active Admins there are; until the transaction ends nobody else learns it. */
const Err *user_count_admins(Request *rq, int64_t *ret_count);
/* 422 with roleId in details where there is no such role. */
const Err *user_role_rights(Request *rq, int64_t role_id, RoleRights *ret_rights);
/* USER_TAKEN where another user than `uuid` has the username or the e-mail. */
const Err *user_check_free(Request *rq, const char *uuid, const char *username, const char *email);

/* Inserts `in` under the uuid; fills `out`. */
const Err *user_insert(Request *rq, const char *uuid, const ProtobufCMessage *in,
                       const char *password_hash, Auth__User *out);
/* Saves the account's user with the next version, and a new password where the hash is not NULL;
 * fills `out`. */
const Err *user_save(Request *rq, const UserAccount *account, const char *password_hash,
                     Auth__User *out);
/* Marks the row as deleted; fills `out` for the event. */
const Err *user_remove(Request *rq, const char *uuid, Auth__User *out);
/* Queued: the user's refresh tokens are dead. */
void user_end_sessions(Request *rq, int64_t id);
/* Queued: mailed links of the user are dead, and those not yet mailed stay unmailed. Belongs to
 * every new password or e-mail and to every end of an account, behind what holds the user's row. */
void user_end_links(Request *rq, const char *uuid);

#endif
