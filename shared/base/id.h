/* UUIDs as text: lower case, 36 characters. Random bytes come from the kernel. */
#ifndef SF_BASE_ID_H
#define SF_BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UUID_TEXT = 37 };

/* A version 7 UUID (RFC 9562): sorts by the time of its making. */
void uuid_v7(char text[UUID_TEXT]);
/* 8-4-4-4-12 hexadecimal digits of any case, nothing around them. */
bool uuid_valid(const char *text, size_t length);
/* Lower-cases a valid one in place. */
void uuid_lower(char *text);

/* Never fails: aborts where the kernel gives none. */
void random_bytes(void *data, size_t length);

#endif
