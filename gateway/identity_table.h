/* The copy itself: three small hash tables in an arena of their own. No locks, no thread. */
#ifndef SF_GATEWAY_IDENTITY_TABLE_H
#define SF_GATEWAY_IDENTITY_TABLE_H

#include "kit/jwt.h"
#include "sentient/auth.pb-c.h"

typedef struct IdentityTable IdentityTable;

IdentityTable *identity_table_new(void);
void identity_table_delete(IdentityTable *table);

/* Takes a page of the feed in; false where the page belongs to another feed, or says nothing that
 * can be. */
bool identity_table_apply(IdentityTable *table, const Auth__IdentityPage *page);
/* The id of the last change that was taken in. */
int64_t identity_table_last(const IdentityTable *table);
/* As identity_check(), at that time (Unix seconds). */
bool identity_table_check(const IdentityTable *table, Arena *arena, int64_t now_s,
                          JwtClaims *claims);

#endif
