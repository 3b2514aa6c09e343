#ifndef FEED_DRAFT_H
#define FEED_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

/*
 * What a feed or an item has said so far, raw: the best candidate for each
 * slot, and lists.  It becomes a part of the document once its element has
 * closed (feed/finish_*.c).  Knows no XML and decides nothing but which of two
 * candidates is better: the higher priority; among equals the first.
 */

enum slot {
	SLOT_NONE,
	SLOT_ID,
	SLOT_LINK,
	SLOT_PERMALINK, /* a guid that is a link */
	SLOT_TITLE,
	SLOT_SUMMARY,
	SLOT_CONTENT,
	SLOT_PUBLISHED,
	SLOT_MODIFIED,
	SLOT_LANGUAGE,
	SLOT_RIGHTS,
	SLOT_IMAGE,
	SLOT_ICON,
	SLOT_COMMENTS,
	SLOT_EXTERNAL,
	SLOT_SOURCE_TITLE,
	SLOT_SOURCE_URL,
	SLOT_DURATION, /* of the only enclosure, where it has none */
	/* of feeds only */
	SLOT_GENERATOR,
	SLOT_SELF,
	SLOT_NEW_URL,
	SLOT_HUB,
	SLOT_NEXT,
	SLOT_PREV_ARCHIVE,
	SLOT_TTL,
	SLOT_SY_PERIOD,
	SLOT_SY_FREQUENCY,
	SLOTS
};

enum text_type {
	TEXT_PLAIN, /* what stands there is what is meant */
	TEXT_GUESS, /* HTML if it looks like it (as feedparser decides) */
	TEXT_HTML
};

/* A text in the draft, and what is needed to understand it. */
struct value {
	uint32_t offset;
	uint32_t length;
	uint32_t base;    /* which of the reader's bases its links are relative to */
	uint8_t priority; /* 0: there is none */
	uint8_t type;     /* enum text_type */
};

struct draft_person {
	struct value name, email, url, avatar;
	struct value element; /* its name */
	const char *role;     /* static */
	uint8_t priority;     /* of authors, only those of the highest count */
};

struct draft_attachment {
	struct value url, mime_type, title;
	struct value caption; /* stands in for a title */
	struct value element; /* its name */
	int64_t size;
	int64_t duration_s;
	int64_t width;    /* of a picture, -1 unknown */
	uint8_t priority; /* higher ones stand first */
};

/* A candidate that lost, and the name of its element. */
struct draft_spare {
	struct value value, name;
	enum slot slot;
};

struct draft {
	struct buf text;
	struct value slots[SLOTS];
	struct value named[SLOTS];       /* the elements that those are from */
	int64_t published_s, modified_s; /* what these slots' texts mean */
	uint32_t wide;                   /* where the image's text is that image_width is of */
	int64_t image_width;
	struct draft_person *persons;
	uint32_t person_count, person_capacity;
	struct draft_attachment *attachments;
	uint32_t attachment_count, attachment_capacity;
	struct draft_spare *spares;
	uint32_t spare_count, spare_capacity;
	uint64_t *seen; /* hashes of the categories there are */
	uint32_t seen_count, seen_capacity;
};

void draft_init(struct draft *draft, size_t text_max);
void draft_release(struct draft *draft);

/* Empty it and keep the memory. */
void draft_clear(struct draft *draft);

/* Copy a text in; without priority yet.  Beyond the limit it is absent. */
struct value draft_text(struct draft *draft, const char *text, size_t length);

/* Its bytes, with a NUL behind; good until the next draft_text(). */
const char *draft_peek(const struct draft *draft, const struct value *value);

/* Whether a candidate of this priority would be taken for the slot. */
bool draft_wants(const struct draft *draft, enum slot slot, uint8_t priority);

/* Take the text (trimmed; an empty one is none) for the slot if it is better:
 * 1 if it was taken. */
int draft_offer(struct draft *draft, enum slot slot, uint8_t priority, enum text_type type,
	uint32_t base, const char *text, size_t length);

/* A new zeroed element of a list, NULL beyond `max`; good until the next one. */
struct draft_person *draft_person(struct draft *draft, uint32_t max);
struct draft_attachment *draft_attachment(struct draft *draft, uint32_t max);
struct draft_spare *draft_spare(struct draft *draft, uint32_t max);

/* Whether the hash is new among at most `max`; it then counts as seen. */
bool draft_first_seen(struct draft *draft, uint64_t hash, uint32_t max);

#endif
