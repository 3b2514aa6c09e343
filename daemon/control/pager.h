#ifndef CONTROL_PAGER_H
#define CONTROL_PAGER_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/control/call.h"

/*
 * A listing, page by page: rows are written on the pool's thread into the
 * reply, a page goes out, and the next is asked for only when the client has
 * read enough.
 *
 *	ask() --rows--> pager_row() … --> pager_done() --more, drained--> ask()
 *
 * Of a listing that can put rows aside, those behind the first page are: the loop
 * writes them while the pool's thread reads the next pages, which otherwise would
 * do the one after the other and be what a long listing waits for.
 *
 *	ask() --rows, aside--> pager_done() --drained--> turn(), put() --> sent
 *	                             \--more, room--> ask()
 *
 * Either way a client that stops reading holds no transaction, and no more memory
 * than the queue's limit, a reply of CALL_PAGE_BYTES and a row, and a page of rows that is
 * put aside.  For one that keeps up there are PAGER_ASIDE of these: one that is written, one
 * that waits and one that is read, for with two of them thread and loop would wait for each
 * other at every page.
 *
 * Without `more` in the call the first page is the answer, `partial` tells
 * whether there is another.  A page of which no row was told, though others are
 * behind it, is passed over: each reply but the last has a row.
 */
struct pager;

#define PAGER_ASIDE 3u

struct pager_list {
	const char *name; /* of the array in the reply */
	/* NULL, or writes members that stand in front of it in every reply. */
	void (*head)(struct pager *pager, struct json_writer *w);
	/* Begin to read a page of at most pager_room() rows into call->read. */
	void (*ask)(struct call *call, struct pager *pager);
	/* The page that waits, the oldest of them, is what put() writes from now on. */
	void (*turn)(struct pager *pager);
	/* True where the reply is large enough before the page is over: it goes on in
	 * the next one. */
	bool (*put)(struct pager *pager, struct json_writer *w);
};

/* aside: rows may be put aside, for which `list` has turn() and put(); otherwise
 * pager_writer() is never NULL. */
void pager_start(
	struct call *call, const struct pager_list *list, bool aside, uint64_t limit, void *state);

void *pager_state(const struct pager *pager); /* as handed to the start */
struct call *pager_call(const struct pager *pager);
uint64_t pager_room(const struct pager *pager);
/* Of the PAGER_ASIDE pages the one that is read into, and the one that put() writes. */
unsigned pager_into(const struct pager *pager);
unsigned pager_from(const struct pager *pager);
/* Whether no other of them holds anything: the client does not keep up, and nothing is read
 * ahead for it. */
bool pager_is_alone(const struct pager *pager);

/* On the pool's thread: the writer for one more row; NULL where it is to be put
 * aside. */
struct json_writer *pager_writer(struct pager *pager);
/* Behind a row that was written: nonzero where the reply is large enough. */
int pager_row(struct pager *pager);
/* The reader's done: the page goes out. */
void pager_done(struct pager *pager, uint64_t rows, bool more, const struct err *err);

#endif
