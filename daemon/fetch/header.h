#ifndef FETCH_HEADER_H
#define FETCH_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/fetch/coding.h"
#include "daemon/fetch/fetch.h"

/*
 * Values of header fields, as servers really write them.  Pure, and takes any
 * bytes; `length` counts them, no NUL is needed.
 */

#define HEADER_SECONDS_MAX INT64_C(2147483648) /* more is this (RFC 9111 §1.2.2) */

/* Unix time of an HTTP date in any of its three forms (RFC 9110 §5.6.7). */
bool header_date(const char *text, size_t length, int64_t *out_s);

/* Digits alone; a fraction is dropped, too many digits are HEADER_SECONDS_MAX. */
bool header_seconds(const char *text, size_t length, int64_t *out_s);

/* What fields of freshness an answer had; begins as { 0 }. */
struct header_freshness {
	bool max_age_said, max_age_bad, forbidden; /* no-cache, no-store */
	bool expires_said, expires_bad, date_said;
	int64_t max_age_s, expires_s, date_s, age_s;
};
void header_cache_control(const char *text, size_t length, struct header_freshness *freshness);
void header_expires(const char *text, size_t length, struct header_freshness *freshness);
void header_date_field(const char *text, size_t length, struct header_freshness *freshness);
void header_age(const char *text, size_t length, struct header_freshness *freshness);

/* RFC 9111 §4.2.1; what contradicts itself or can't be read is stale, 0. */
struct fetch_cache header_lifetime(const struct header_freshness *freshness, int64_t now_s);

/*
 * Retry-After in seconds from now: a number, of which a fraction counts as a
 * whole second, or a date compared with the answer's own Date, so that a wrong
 * clock on either side does no harm.  Past is 0; -1 if it says nothing.
 */
int64_t header_retry_after(
	const char *text, size_t length, const struct header_freshness *freshness, int64_t now_s);

/* X-RateLimit-Reset likewise: some send seconds from now, some a Unix time, and
 * some that in milliseconds, which is believed within a day of now. */
int64_t header_reset(const char *text, size_t length, int64_t now_s);

/* Whether a validator may be kept and sent again: at most 4096 bytes, none of
 * them a control. */
bool header_is_validator(const char *text, size_t length);

/*
 * Codings of one Content-Encoding field that are not "identity", the last of them
 * in *out_coding; *out_known turns false if one is not gzip, deflate or br.
 */
unsigned header_codings(const char *text, size_t length, enum coding *out_coding, bool *out_known);

#endif
