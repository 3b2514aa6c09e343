#ifndef DAEMON_REFRESH_ADD_H
#define DAEMON_REFRESH_ADD_H

#include "daemon/refresh_task.h"

/* What the files of `add` and `discover` share. */
struct add {
	struct errand errand;
	bool discover; /* only looks */
	char *typed;
	char *url;        /* what is asked for now */
	char *discovered; /* the same, where a page named it */
	char *userinfo;
	char *title, *proxy, *headers, *auth, *private_at;
	char **tags;
	int64_t every_s;
	bool private_ok, insecure, no_fetch, no_discover;
	int64_t existing_id;
	struct answer answer;
	bool looked;
	struct buf body; /* once more, for the page */
	struct feed_doc *page;
	struct judge judge;
	int64_t now_s;
	refresh_added_done *added;
	refresh_discovered *found;
	void *ctx;
};

/* What was given for one origin is not shown to another, now or later. */
void add_go_to(struct add *add, const char *url);
/* The settings that a request needs, and the feed will have. */
void add_settings(const struct add *add, struct store_settings *out_settings);
/* Write it down; doc (taken) NULL: without a look. */
void add_subscribe(struct add *add, struct feed_doc *doc);
/* The end, told once. */
void add_end(struct add *add, const struct refresh_added *added, const struct err *err);
/* Is it there already?  Then nobody has to be asked. */
void add_seek(struct add *add);
char **add_copy_tags(const char *const *tags);

#endif
