/* What became of tokens that are already out: which sessions ended, which role and name a user has
 * now, what a role may do now. A copy of auth's feed, at most IDENTITY_POLL_MS and a round trip
 * behind it. Not the tokens' own truth (tokens.h). */
#ifndef SF_GATEWAY_IDENTITY_H
#define SF_GATEWAY_IDENTITY_H

#include "kit/bus.h"
#include "kit/jwt.h"

enum { IDENTITY_POLL_MS = 200, IDENTITY_RELOAD_MS = 30000 };

typedef struct Identity Identity;

/* Follows the feed on a thread of its own; lives in `arena`. A NULL bus: knows nothing, and needs
 * nothing (tests). NULL where it can't (logged). */
Identity *identity_start(Arena *arena, Bus *bus);
/* Before bus and arena go. */
void identity_stop(Identity *identity);

/* Whether the feed was read to its end once: before that nobody may be let in. */
bool identity_loaded(const Identity *identity);

/* Replaces rid, username and permissions of verified claims by what holds now. A role that the feed
 * does not tell of gives none, unless the token is at most 2 s old and its user stands nowhere in
 * the feed: then both are newer than it, and the token's own permissions count. False where the
 * session has ended. Any thread. */
bool identity_check(Identity *identity, Arena *arena, JwtClaims *claims);

#endif
