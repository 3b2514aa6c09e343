#ifndef DAEMON_REFRESH_ADD_H
#define DAEMON_REFRESH_ADD_H

#include "daemon/refresh_task.h"

/* What the files of `add` and `discover` share. */
struct add {
	struct errand errand;
	bool discover; /* only looks */
	char *typed;
	char *asked;      /* the same, as it is stored */
	char *url;        /* what is asked for now */
	char *discovered; /* that, where a page named it */
	char *userinfo;
	char *title, *proxy, *headers, *auth, *private_at;
	char **tags;
	int64_t every_s;
	bool private_ok, insecure, no_fetch, no_discover;
	int64_t existing_id;
	struct add *next;   /* of those that look */
	bool looking;       /* is one of them */
	struct add *leader; /* whose look it waits for */
	bool alike;         /* and would ask as that one does */
	struct add *followers, *next_follower;
	struct answer answer;
	bool looked;
	bool moving;      /* it leads elsewhere for good, as the answer says */
	char *moved_from; /* and was believed at once: the address before, or NULL */
	struct buf body;  /* once more, for the page */
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

/*
 * An address is asked once, however many add it at that moment: who comes while
 * another one looks at it follows that one, and has the same end.  One that would
 * ask in another way (password, proxy, …) looks itself where that one failed.
 */
/* Others may follow it from now on. */
void add_lead(struct add *add);
/* true: somebody looks at its address, and will end it or have it seek again. */
bool add_follow(struct add *add);
/* Its end and that of its followers; page: of ERR_AMBIGUOUS. */
void add_end_as(struct add *add, const struct refresh_added *added, const struct feed_doc *page,
	const struct err *err);
/* It is about to be freed: nobody follows it, nor it anybody. */
void add_leave(struct add *add);

#endif
