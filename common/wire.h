#ifndef COMMON_WIRE_H
#define COMMON_WIRE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/command.h"
#include "common/err.h"
#include "common/json.h"

/*
 * Varlink as both ends speak it (https://varlink.org, and PROTOCOL.md beside
 * this file): a JSON object ended by a NUL.  Calls and their check against the
 * command table, replies, errors; and for feedctl the reading of replies as a
 * stream.  Pure: knows no socket and no clock, so that it can be fuzzed.
 */

#define WIRE_INTERFACE "org.feedd"
#define WIRE_SERVICE "org.varlink.service"
/* Brackets within brackets in a call; feedd's own need three. */
#define WIRE_DEPTH_MAX 16u

/* ----------------------------------------------------------- errors ---- */

/* The errors of the interface, wire_error.def: a name and what it means. */
enum wire_error {
#define WIRE_ERROR(id, name, help) WIRE_##id,
#include "common/wire_error.def"
#undef WIRE_ERROR
	WIRE_ERRORS
};
const char *wire_error_name(enum wire_error error); /* "NoSuchFeed" */
const char *wire_error_help(enum wire_error error);
/* The error that a code leaves as; ERR_NOT_FOUND is NotFound. */
enum wire_error wire_error_of(enum err_code code);

/* ----------------------------------------------- calls, daemon's side ---- */

struct wire_call {
	char *method;       /* "org.feedd.List" */
	json_t *parameters; /* an object, never NULL */
	bool more, oneway, upgrade;
	/* A long base64 parameter "text" stays in the message, where it is read a
	 * hundred times faster; in the parameters it is "".  Else NULL. */
	const char *text;
	size_t text_length;
};

/*
 * Parse a message (without its NUL).  ERR_SYNTAX: no JSON object, no method,
 * a flag that is no boolean; ERR_TOO_BIG: nested deeper than WIRE_DEPTH_MAX.
 * Unknown members are ignored.
 */
int wire_call_parse(
	const char *message, size_t length, struct wire_call *out_call, struct err *err) MUST_USE;
void wire_call_release(struct wire_call *call);

/* Why a call can't be dispatched: one of org.varlink.service's errors and the
 * parameter that it has. */
struct wire_fault {
	const char *error; /* "org.varlink.service.InvalidParameter" */
	const char *key;   /* "parameter" */
	char value[200];   /* its value: a name of the call's, made safe */
};

/*
 * Find the row of the command table that a call means and check the call's
 * parameters against it: unknown name, wrong type, a required one missing.
 * 1 and the row; 0 for a method of org.varlink.service (*out_command is NULL;
 * which one it is, the method says); -1 and the fault (*out_command is the row all
 * the same, where only a parameter is at fault).
 *
 * A list may be a single value; null is absent.  Items and feeds may be
 * numbers.  The texts within are not looked at.
 */
int wire_call_check(const struct wire_call *call, const struct command **out_command,
	struct wire_fault *fault) MUST_USE;

/* --------------------------------------------- replies, daemon's side ---- */

/*
 * A reply around what the caller writes: after begin the writer stands inside
 * the object of the parameters; end closes all and appends the NUL.  Nothing
 * fails but at the buffer's limit (json_ok()).
 */
void wire_reply_begin(struct json_writer *w, struct buf *out);
void wire_reply_end(struct json_writer *w, bool continues);

/*
 * An error of org.feedd, whole: {"message", "class"} and, with details (or
 * NULL), an array of further sentences.  `links` (or NULL) is a ready JSON array
 * of {url type title}: the feeds among which a page leaves the choice.
 */
int wire_put_error(struct buf *out, enum wire_error error, const struct err *err,
	const char *const *details, size_t detail_count, const char *links) MUST_USE;
/* One of org.varlink.service. */
int wire_put_fault(struct buf *out, const struct wire_fault *fault) MUST_USE;

/* ---------------------------------------------- calls, client's side ---- */

enum wire_flags { WIRE_MORE = 1, WIRE_ONEWAY = 2 };

/* Append a whole call of `method` ("List", or with its interface in front), its
 * NUL behind it.  parameters: an object as JSON, or NULL. */
int wire_put_call(
	struct buf *out, const char *method, const char *parameters, unsigned flags) MUST_USE;

/* -------------------------------------------- replies, client's side ---- */

enum wire_kind {
	WIRE_NULL,
	WIRE_FALSE,
	WIRE_TRUE,
	WIRE_NUMBER,
	WIRE_STRING,
	WIRE_ARRAY,
	WIRE_OBJECT
};

/*
 * A value: text is the string unescaped, the number as it stood, "true" or
 * "false", else "".  What is in an object or an array follows it in memory.
 * key ("" in an array) and text end with a NUL, and may hold one.
 */
struct wire_value {
	const char *key, *text;
	size_t key_length, length;
	size_t inside;  /* values in it, those in them counted, too */
	unsigned depth; /* brackets around it within its row */
	enum wire_kind kind;
};

/* What is in an object or an array, in the order of the message. */
struct wire_row {
	const struct wire_value *values;
	size_t count; /* those in them counted, too */
};
/* The value behind `before`, the first one for NULL; NULL at the end. */
const struct wire_value *wire_row_next(const struct wire_row *row, const struct wire_value *before);
/* The value of that name, or NULL. */
const struct wire_value *wire_row_get(const struct wire_row *row, const char *key);
/* What is in a value; nothing in NULL and in what is no object or array. */
struct wire_row wire_row_in(const struct wire_value *value);

/* Again as JSON: a value; a row as an object. */
void wire_put_value(struct json_writer *w, const struct wire_value *value);
void wire_put_row(struct json_writer *w, const struct wire_row *row);

/*
 * What a stream of replies brings.  All that is handed over lives until the
 * callback returns; each returns 0 to go on or -1 to stop.
 *
 *	row    an object in an array "items", "feeds", "rows" or "events" of the
 *	       parameters, as it passes; `list` is that name.  Or an array in
 *	       "arrays", whose values get their keys from "fields" before it
 *	reply  a reply is whole; parameters: what is no row
 *	error  likewise, of an error; name is "NoSuchFeed", or with its interface
 *	       in front where that is not ours.  parameters: message, class, …
 *
 * NULL callbacks are skipped.  Rows come before it is known whether their
 * reply is sound to its end.
 */
struct wire_listener {
	int (*row)(void *ctx, const char *list, const struct wire_row *row);
	int (*reply)(void *ctx, const struct wire_row *parameters, bool continues);
	int (*error)(void *ctx, const char *name, const struct wire_row *parameters);
};

/*
 * Reads replies in whatever pieces they come (large ones are fast), in constant
 * memory (the largest row, or all that is no row of one reply).  wire_read(): ERR_SYNTAX for what
 * is no reply; after an error only wire_reader_free() is left.  When a
 * callback stops it, -1 with err untouched.
 */
struct wire_reader;
struct wire_reader *wire_reader_new(const struct wire_listener *listener, void *ctx);
void wire_reader_free(struct wire_reader *reader);
int wire_read(
	struct wire_reader *reader, const char *data, size_t length, struct err *err) MUST_USE;
/* Whether it stands between two replies. */
bool wire_reader_idle(const struct wire_reader *reader);

#endif
