#ifndef CONTROL_PAGER_H
#define CONTROL_PAGER_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/control/call.h"

/*
 * A listing, page by page: rows are written on the pool's thread into the
 * reply, a page goes out, and the next is asked for only when the client has
 * read enough.  So a client that stops reading holds neither a transaction nor
 * more memory than the queue's limit.
 *
 *	ask() --rows--> pager_row() … --> pager_done() --more, drained--> ask()
 *
 * Without `more` in the call the first page is the answer, `partial` tells
 * whether there is another.
 */
struct pager;

/* Begin; `list` is the array's name in the reply; ask() starts the reading of
 * one page of at most pager_room() rows into call->read. */
void pager_start(struct call *call, const char *list, uint64_t limit,
	void (*ask)(struct call *call, struct pager *pager), void *state);

void *pager_state(const struct pager *pager); /* as handed to the start */
struct call *pager_call(const struct pager *pager);
uint64_t pager_room(const struct pager *pager);
/* Whether no page comes behind this one, if it has that many rows. */
bool pager_is_last(const struct pager *pager);

/* The writer for one more row, on the pool's thread. */
struct json_writer *pager_writer(struct pager *pager);
/* Behind a row: nonzero ends the page. */
int pager_row(struct pager *pager);
/* The reader's done: the page goes out. */
void pager_done(struct pager *pager, uint64_t rows, bool more, const struct err *err);
/* At the last page, before its reply ends, something may be put behind the
 * array. */
void pager_at_end(struct pager *pager, void (*put)(struct pager *pager, struct json_writer *w));

#endif
