#ifndef STORE_DUMP_TEXT_H
#define STORE_DUMP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"
#include "daemon/store/store.h"
#include "daemon/store/store_feeds.h"

/*
 * The lines of a dump: fields between tabs, with \t \n \r and \\ written as
 * such.  Kinds of lines, each sorted, in this order:
 *
 *	feedd-dump 1
 *	feed	URL
 *	feed	URL	KEY	VALUE		a setting, or added, ids, paused, tag
 *	item	URL	GUID	TIME	STATE	read starred tag:T, between commas
 *	query	NAME	EXPR	[URL …]
 *	rule	EXPR	ACTION,…	[URL …]
 *
 * The numbers of feeds in an EXPR that has URLs behind it are the places of these
 * (dump_expr.h).
 *
 * An item without a guid that is its alone stands as \kHEX, its key, which is
 * made as the feed's "ids" say (ident_policy_name()).
 */
#define DUMP_FIRST_LINE "feedd-dump 1"
#define DUMP_FIELDS_MAX 5
#define DUMP_LINE_MAX ((size_t)4 << 20) /* bytes; there are no longer ones in a dump */

/* Append a field, escaped.  -1 if there is no room; then nothing of it is there. */
int dump_text_field(struct buf *out, const char *text) MUST_USE;

/* Take a line (without its end) apart, in place: the number of fields. */
size_t dump_text_split(char *line, char *fields[DUMP_FIELDS_MAX]);

/* Settings by name.  Those that are secret are told apart. */
struct dump_setting {
	const char *key;
	char *value; /* to free(); NULL: the default, or a secret */
};
#define DUMP_SETTINGS 13
/* Without its secrets: of a proxy the way to it stays, or the feed would be asked for
 * without one. */
void dump_settings_read(const struct store_settings *settings, bool secrets,
	struct dump_setting out[DUMP_SETTINGS]);
/* 1, 0 if there is no such key, -1: ERR_USAGE or ERR_TOO_BIG, and all is as it was.
 * The lines of a header are looked at before. */
int dump_settings_set(struct store_settings *settings, const char *key, const char *value,
	struct err *err) MUST_USE;
/* Whether it is for one origin's eyes, and does not go along when a feed moves. */
bool dump_settings_is_of_origin(const char *key);

#endif
