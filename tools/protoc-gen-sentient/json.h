/* Writes JSON: commas and escapes, nothing else. A NULL key stands for an element of a list. */
#ifndef SENTIENT_GEN_JSON_H
#define SENTIENT_GEN_JSON_H

#include <stdbool.h>

#include "base/str.h"

typedef struct Json {
    Buf *buf;
    bool comma; /* the next value needs one before it */
} Json;

/* `bracket` is '{' or '[', and '}' or ']'. */
void json_open(Json *json, const char *key, char bracket);
void json_close(Json *json, char bracket);
void json_text(Json *json, const char *key, const char *text);
void json_number(Json *json, const char *key, long long number);
/* JSON text as it is. */
void json_raw(Json *json, const char *key, const char *raw);

#endif
