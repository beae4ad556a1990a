/* The path of a value as a client writes it (items[0].qty), for faults. Not the faults' words. */
#include "kit/pb_internal.h"

#include "base/str.h"

enum { KEY_SHOWN_MAX = 64 };

/* A client's own key may be long: its first bytes, cut between characters, are enough. */
static void key_add(Buf *buf, const char *key, size_t length)
{
    size_t shown = length;
    if (length > KEY_SHOWN_MAX) {
        shown = KEY_SHOWN_MAX;
        while (shown && ((unsigned char)key[shown] & 0xc0) == 0x80)
            shown--;
    }
    buf_add(buf, key, shown);
    if (shown < length)
        buf_puts(buf, "…");
}

static void path_add(Buf *buf, const PbPath *path)
{
    if (path->up)
        path_add(buf, path->up);
    if (!path->name) {
        buf_printf(buf, "[%zu]", path->index);
        return;
    }
    if (buf->length)
        buf_putc(buf, '.');
    key_add(buf, path->name, path->length);
}

const char *pb_path_text(Arena *arena, const PbPath *path)
{
    Buf buf = {.arena = arena};
    buf_puts(&buf, "");
    if (path)
        path_add(&buf, path);
    return buf.data;
}

bool pb_path_named(const ErrList *errors, const PbPath *path)
{
    return errors->first && path && errlist_names(errors, pb_path_text(errors->arena, path));
}
