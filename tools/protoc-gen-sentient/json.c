/* JSON on a buffer. */
#include "json.h"

static void json_begin(Json *json, const char *key)
{
    if (json->comma)
        buf_putc(json->buf, ',');
    json->comma = true;
    if (!key)
        return;
    buf_json(json->buf, key);
    buf_putc(json->buf, ':');
}

void json_open(Json *json, const char *key, char bracket)
{
    json_begin(json, key);
    buf_putc(json->buf, bracket);
    json->comma = false;
}

void json_close(Json *json, char bracket)
{
    buf_putc(json->buf, bracket);
    json->comma = true;
}

void json_text(Json *json, const char *key, const char *text)
{
    json_begin(json, key);
    buf_json(json->buf, text);
}

void json_number(Json *json, const char *key, long long number)
{
    json_begin(json, key);
    buf_printf(json->buf, "%lld", number);
}

void json_raw(Json *json, const char *key, const char *raw)
{
    json_begin(json, key);
    buf_puts(json->buf, raw);
}
