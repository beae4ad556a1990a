/* Time: the business clock (shiftable in development), the monotonic clock, and their texts.
 * The business day and month are those of the zone that clock_setup() set for the process. */
#ifndef SF_BASE_CLOCK_H
#define SF_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INSTANT_TEXT = 32, DATE_TEXT = 11 };

/* Sets the zone of business days ("Asia/Jakarta") and the file whose seconds shift the business
 * clock (NULL: none). Once, before threads. False where the zone is unknown. */
bool clock_setup(const char *zone, const char *offset_file);

/* Microseconds since 1970-01-01T00:00Z. clock_business() is shifted, clock_wall() never. */
int64_t clock_business(void);
int64_t clock_wall(void);
/* Monotonic milliseconds; for waiting, never stored. */
int64_t clock_monotonic_ms(void);

/* RFC 3339 in UTC with milliseconds: 2024-12-27T10:00:00.000Z */
void instant_format(int64_t micros, char text[INSTANT_TEXT]);
/* RFC 3339 with Z only, years 1900..2099, 0..9 decimals of seconds, of which 6 count; a leap second
 * is refused. */
bool instant_parse(const char *text, size_t length, int64_t *ret_micros);
/* The business day of an instant: YYYY-MM-DD */
void date_of(int64_t micros, char text[DATE_TEXT]);
/* The month of a day, by which documents are numbered: "2024-12-27" is 202412. */
int64_t date_month(const char *date);
/* YYYY-MM-DD, a day that exists, 2000-01-01..2099-12-31 */
bool date_valid(const char *text, size_t length);

#endif
