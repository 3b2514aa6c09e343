#ifndef STORE_IDENTITY_H
#define STORE_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/feed/document.h"
#include "daemon/store/ident.h"

/*
 * Which item of a document is which item that we have.  Decides by digests
 * only, never by an item's place in the document; knows no SQL and no clock.
 *
 *	identity_policy()   are this feed's ids good enough?
 *	identity_incoming() a document's items with their keys, each once
 *	…                   keys are looked up, found ones get their item_id
 *	identity_alias()    what is left: the same items under other ids?
 */

enum verdict {
	VERDICT_NEW,
	VERDICT_KNOWN,   /* by key */
	VERDICT_BURIED,  /* by the key of an item that retention removed */
	VERDICT_REKEYED, /* by an alias */
};

struct incoming {
	const struct feed_item *item;    /* of the document, or joined of several */
	const struct feed_item *article; /* of the document: the one whose text it has */
	unsigned char key[KEY_SIZE];
	struct ident ident;
	enum verdict verdict;
	int64_t item_id;    /* of KNOWN and REKEYED */
	bool shown_before;  /* the last document had it */
	uint64_t state;     /* ident_state() */
	uint64_t old_state; /* of shown_before */
	bool flood;         /* REKEYED because most of a flood look familiar */
};

/* An item that we have, with the key that holds its ident. */
struct stored {
	unsigned char key[KEY_SIZE];
	int64_t item_id;
	struct ident ident;
};

/* The policy that the document needs: `policy`, or a weaker trust in its ids
 * when more than 5 % (and two) distinct items share a key.  Where two have no title their
 * texts tell whether they are. */
enum ident_policy identity_policy(const struct feed_doc *doc, enum ident_policy policy);

/* The document's items, each key once, oldest first.  The caller's to free().
 * Of several versions of one item the newest counts; what it lacks it has of the others,
 * unless those seem to be different items (identity_policy()). */
struct incoming *identity_incoming(
	const struct feed_doc *doc, enum ident_policy policy, size_t *out_count);

/* What an item that we have would be called under another policy. */
void identity_rekey(const struct stored *stored, enum ident_policy from, enum ident_policy to,
	unsigned char out_key[KEY_SIZE], struct ident *out_ident);

/* What an item of the document was called under an earlier policy. */
void identity_earlier_key(
	const struct incoming *in, enum ident_policy policy, unsigned char out_key[KEY_SIZE]);

/* What is asked about a feed to find its items under other ids. */
struct identity_feed {
	const struct stored *stored; /* all its live items that it may be one of */
	size_t stored_count;
	bool older;    /* the document is a page of its past */
	bool unedited; /* or byte for byte the last one, at another address: those of that */
	/* When an item came out, as the feed said last; DATE_NONE: nobody knows. */
	int64_t (*published)(void *ctx, int64_t item_id);
	/* Whether an item's link leads to the same place of its page as that one's, or to
	 * one that only one of both names and that the feed tells no items apart by. */
	bool (*same_place)(void *ctx, const struct feed_item *item, int64_t item_id);
	/* Whether both have a text, and a reader sees no difference. */
	bool (*same_text)(void *ctx, const struct feed_item *item, int64_t item_id);
	void *ctx;
};

/*
 * Look for items with verdict NEW among those that we have and that are absent
 * from the document: by an alias that exactly one of either side has, and that nothing
 * speaks against; where several of ours share a link or an enclosure, the newest, by that
 * with title and text.  Verdicts become REKEYED.  Where most of a flood of new items
 * look familiar, title or link alone are enough, and where there can be none the date,
 * too; but a page of the past is a flood always, and full of new items with the titles of
 * others.
 */
void identity_alias(struct incoming *incoming, size_t count, const struct identity_feed *feed);

/* More new items than a known feed ever brings at once? */
bool identity_is_flood(size_t fresh, size_t document);

/* Known under another id: a new title tells of an edit, and so does another text under
 * the same link, which the text's digest holds and which may change with such an id.  A
 * flood that looks familiar says nothing of what became of each. */
bool identity_is_edited(const struct incoming *in, const struct ident *old);

#endif
