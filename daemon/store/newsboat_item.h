#ifndef STORE_NEWSBOAT_ITEM_H
#define STORE_NEWSBOAT_ITEM_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What newsboat calls an item: as the feed does, or where that gives no id, by one that
 * newsboat makes of the link as the feed wrote it and the date behind that.  Knows no
 * database.
 */

struct newsboat_item {
	char *guid;     /* without blanks at its ends; may be "" */
	char *link;     /* as newsboat has it; if it made the guid, as feedd has it */
	char *title;    /* as feedd has it */
	int64_t date_s; /* in the guid; DATE_NONE */
	bool is_made;   /* newsboat made the guid */
	bool is_title;  /* the guid is the title, of an item that has nothing else */
};
/* guid, link and title: as in newsboat's row. */
void newsboat_item_init(
	struct newsboat_item *item, const char *guid, const char *link, const char *title);
void newsboat_item_release(struct newsboat_item *item);

/*
 * All items of a cache, to know which links, and which dates and titles, a single one of
 * a feed has.  Its size is fixed: now and then it takes one for several.
 */
struct newsboat_crowd;
struct newsboat_crowd *newsboat_crowd_new(void);
void newsboat_crowd_free(struct newsboat_crowd *crowd);
void newsboat_crowd_add(
	struct newsboat_crowd *crowd, const char *feed_url, const struct newsboat_item *item);

/* What its mark is put back under (restore_item()), the caller's to free(): where newsboat
 * made the guid, all by which the item can be told from the others. */
char *newsboat_item_call(
	const struct newsboat_item *item, const char *feed_url, const struct newsboat_crowd *crowd);

#endif
