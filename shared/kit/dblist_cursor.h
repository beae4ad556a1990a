/* The cursor of a list: where the last page ended, signed for one list, sort and set of filters.
 * Not for anybody but dblist.c. */
#ifndef SF_KIT_DBLIST_CURSOR_H
#define SF_KIT_DBLIST_CURSOR_H

#include "base/arena.h"
#include "base/str.h"

typedef struct Cursor {
    int64_t id;
    const char *sort; /* the sort column's text */
} Cursor;

/* `context` tells everything that the cursor must not be used without: it is signed, not sent. */
char *cursor_encode(Arena *arena, const char *secret, const Buf *context, const Cursor *cursor);
/* False where the text is no cursor of that context and secret. */
bool cursor_decode(Arena *arena, const char *secret, const Buf *context, const char *text,
                   Cursor *ret_cursor);

#endif
