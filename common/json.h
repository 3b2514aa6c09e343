#ifndef COMMON_JSON_H
#define COMMON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"

/*
 * JSON as a stream, for rows in bulk and for JSON Feed (RFC 8259): a writer
 * into a buffer (json_writer.c) and a reader that calls back (json.c, the only
 * file that knows yajl).  Numbers stay text, nothing recurses.
 */

/*
 * Writing: the calls follow the value's shape; commas are set by themselves.
 * U+007F to U+009F, U+2028, U+2029 and bidi controls leave as \u escapes, so that
 * nothing gets out by way of JSON that a terminal would obey.  Invalid UTF-8
 * becomes U+FFFD.  A writer is a plain struct without memory of its own; depth up to
 * 63.  When the buffer is full json_ok() turns false and stays so.
 * (They are json_put_*, because jansson has the short names.)
 */
struct json_writer {
	struct buf *out;
	uint64_t filled; /* bit n: level n already holds a value */
	unsigned depth;
	bool after_key;
	bool failed;
};
void json_begin(struct json_writer *w, struct buf *out);
bool json_ok(const struct json_writer *w);
/* Where a list stands before its next value: json_fits() tells whether that was written
 * whole, with room for `spare` bytes behind it; else all is as it was. */
struct json_mark {
	struct json_writer w;
	size_t length;
};
struct json_mark json_mark_of(const struct json_writer *w);
bool json_fits(struct json_writer *w, const struct json_mark *before, size_t spare);
void json_put_object(struct json_writer *w);
void json_put_object_end(struct json_writer *w);
void json_put_array(struct json_writer *w);
void json_put_array_end(struct json_writer *w);
void json_put_name(struct json_writer *w, const char *key, size_t length); /* plain ASCII */
/* One that is ready, of many that are put again and again: "name": with quotes and
 * colon, `length` of its bytes; all JSON_MEMBER_MAX are read. */
#define JSON_MEMBER_MAX 32
void json_put_member(struct json_writer *w, const char member[JSON_MEMBER_MAX], size_t length);
void json_put_key_text(struct json_writer *w, const char *key, size_t length); /* any text */
void json_put_null(struct json_writer *w);
void json_put_bool(struct json_writer *w, bool value);
void json_put_int(struct json_writer *w, int64_t value);
void json_put_uint(struct json_writer *w, uint64_t value);
void json_put_double(
	struct json_writer *w, double value); /* shortest that reads back; no inf, nan: null */
void json_put_text(struct json_writer *w, const char *text, size_t length);
void json_put_string(struct json_writer *w, const char *text); /* NULL is null */
void json_put_raw(struct json_writer *w, const char *json);    /* a ready value; NULL is null */
/* Unix seconds as "2026-06-03T10:00:00Z"; INT64_MIN is null. */
void json_put_time(struct json_writer *w, int64_t unix_s);

/* Plain ASCII, mostly a literal, whose length is known where it is written. */
static inline void json_put_key(struct json_writer *w, const char *key)
{
	json_put_name(w, key, strlen(key));
}

/*
 * Reading: push bytes, get calls in order, at json_read_end() at the latest; in time
 * that grows as the bytes do, whatever the pieces.  Each callback returns 0 to go on,
 * or -1 to stop (json_read* then return -1 with err untouched by us).  Texts
 * are UTF-8 and live until the callback returns; NULL callbacks are skipped.
 * What is no UTF-8 is an error; the escape of half a surrogate pair is read as
 * U+FFFD, for feeds that were cut in the middle of a character have it.
 * After an error a reader is only good for json_reader_free().
 */
struct json_reader;
struct json_events {
	int (*null)(void *ctx);
	int (*boolean)(void *ctx, bool value);
	int (*number)(void *ctx, const char *text, size_t length);
	int (*string)(void *ctx, const char *text, size_t length);
	int (*object)(void *ctx);
	int (*key)(void *ctx, const char *text, size_t length);
	int (*object_end)(void *ctx);
	int (*array)(void *ctx);
	int (*array_end)(void *ctx);
};
struct json_reader *json_reader_new(
	const struct json_events *events, void *ctx, unsigned depth_max);
void json_reader_free(struct json_reader *reader);
/* ERR_SYNTAX with the place, ERR_TOO_BIG beyond depth_max. */
int json_read(
	struct json_reader *reader, const char *data, size_t length, struct err *err) MUST_USE;
int json_read_end(struct json_reader *reader, struct err *err) MUST_USE;

#endif
