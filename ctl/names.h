#ifndef CTL_NAMES_H
#define CTL_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the files of feeds are called, each by its feed's title.  Where titles are
 * the same once they are names of files, the feed that was subscribed first has
 * that name, and the others have their number behind it: so a feed's file is
 * called the same whatever else is listed.  Knows neither files nor the daemon.
 */
struct names;

struct name {
	int64_t feed_id;
	char *text;
	bool used; /* the caller's */
};

struct names *names_new(void);
void names_free(struct names *names); /* NULL is fine */

/* A feed that is subscribed, in any order; one that has its name keeps it. */
void names_add(struct names *names, int64_t feed_id, const char *title, size_t length);

/* Give names to those that were added. */
void names_settle(struct names *names);

/* The name of a feed until another is added, or NULL. */
struct name *names_find(struct names *names, int64_t feed_id);

/* One that is not subscribed any more: its title with its number. */
struct name *names_add_stranger(
	struct names *names, int64_t feed_id, const char *title, size_t length);

#endif
