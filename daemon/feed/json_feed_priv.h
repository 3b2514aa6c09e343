#ifndef FEED_JSON_FEED_PRIV_H
#define FEED_JSON_FEED_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/json.h"
#include "daemon/feed/json_feed.h"

/*
 * What the JSON Feed files share and nobody else sees: json_feed.c has the
 * whole, json_feed_walk.c follows the events, json_feed_rows.c turns an object
 * that has closed into the document's, json_feed_mend.c repairs text.
 */

enum json_place {
	JSON_SKIP, /* of no meaning, nor is what is in it */
	JSON_EXTENSION,
	JSON_FEED,
	JSON_ITEM,
	JSON_PERSON,
	JSON_ATTACHMENT,
	JSON_HUB,
	JSON_TAG,
	JSON_PLACES
};

/* Members, whatever their object. */
enum json_member {
	MEMBER_NONE,
	MEMBER_ATTACHMENTS,
	MEMBER_AUTHOR,
	MEMBER_AUTHORS,
	MEMBER_AVATAR,
	MEMBER_BANNER,
	MEMBER_CONTENT_HTML,
	MEMBER_CONTENT_TEXT,
	MEMBER_DESCRIPTION,
	MEMBER_DURATION,
	MEMBER_EMAIL,
	MEMBER_EXPIRED,
	MEMBER_EXTERNAL,
	MEMBER_FAVICON,
	MEMBER_FEED_URL,
	MEMBER_HOME_PAGE,
	MEMBER_HUBS,
	MEMBER_ICON,
	MEMBER_ID,
	MEMBER_IMAGE,
	MEMBER_ITEMS,
	MEMBER_LANGUAGE,
	MEMBER_MIME_TYPE,
	MEMBER_MODIFIED,
	MEMBER_NAME,
	MEMBER_NEXT,
	MEMBER_PUBLISHED,
	MEMBER_SIZE,
	MEMBER_SUMMARY,
	MEMBER_TAGS,
	MEMBER_TITLE,
	MEMBER_TYPE,
	MEMBER_URL,
	MEMBER_USER_COMMENT,
	MEMBER_VERSION,
	MEMBERS
};

/* The open object of a place: its members' texts, one behind the other, each
 * with a NUL behind it. */
struct json_object {
	struct buf text;
	struct json_value {
		size_t offset;
		size_t length;
		bool is_seen;
	} values[MEMBERS];
};

/* A level of the document: an object, or an array of them. */
struct json_level {
	enum json_place place;
	enum json_member from; /* the member that led here */
	bool is_array;
	bool has_key; /* of an object: it is not empty */
};

struct json_feed {
	struct build *build;
	const struct feed_limits *limits;
	char *base; /* of relative addresses, or "" */
	struct json_object objects[JSON_PLACES];
	struct json_level *levels; /* limits->json_depth_max */
	unsigned depth;
	const struct json_member_row *row; /* of the value to come, or NULL */
	bool is_repeated;                  /* the member was there before */
	struct buf extension_name;
	struct buf extension; /* the value to come is written here */
	struct json_writer writer;
	struct json_authors {
		struct feed_person *rows; /* limits->authors_max; legacy ones first */
		uint32_t count, legacy_count;
	} authors[2]; /* of the feed, of the open item */
	bool in_item;
	struct buf scratch;
	bool lists_items;     /* in an array, as feeds do */
	bool has_item;        /* one that says something */
	bool is_listed;       /* it stands in an array, whose first feed is meant */
	bool is_closed;       /* what follows is none of the feed */
	uint32_t item_number; /* from 1, for problems */
};

/* ---- walk ---- */

extern const struct json_events json_feed_events; /* their ctx: struct json_feed */

/* ---- rows ---- */

/* Its text, "" if it is absent. */
const char *json_feed_text(
	const struct json_feed *feed, enum json_place place, enum json_member member);

/* An object has opened or closed. */
void json_feed_begin(struct json_feed *feed, enum json_place place);
void json_feed_end(struct json_feed *feed, enum json_place place, enum json_member from);

/* A member that was not read as one. */
void json_feed_extension(struct json_feed *feed, const char *name, const char *value);

/* ---- mend ---- */

/*
 * Copy text that is almost JSON: commas too many are left out, commas, colons,
 * brackets and quotes of names that are missing are put in, quotes, line ends and
 * other controls in strings are escaped, escapes that are none are escaped
 * themselves, single quotes become double ones, names get theirs, what Python
 * and JavaScript call nothing becomes null, comments and a mark at the front go.
 * 0, or -1 at the limit.
 */
int json_feed_mend(const char *text, size_t length, struct buf *out) MUST_USE;

#endif
