#ifndef FETCH_SLICE_H
#define FETCH_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/*
 * How much of one round of the loop goes into documents.  libcurl reads a
 * transfer for as long as anything comes, and a few bytes unpack to megabytes,
 * while clients wait; so a transfer has its slice of a round and all of them have
 * theirs, and what is beyond rests until the loop has been round.
 *
 * Of those that rest one goes on each round, and who came first goes on until it
 * is through: large documents grow one behind another, not all at once.
 *
 * Counted in bytes, not in time: what happens is the same on every machine.
 *
 * What large documents have beyond a megabyte each has its bound, too, for a server may
 * take its time over one.  At the bound one of them grows on, and the others wait for
 * what it leaves, not for a round; so do all where what has been handed over has the
 * room, and is waiting itself.  Small ones are never held up.
 *
 * How long one has rested is no time of its server's.  Who waits for room gives up in the
 * end, for it holds a connection and memory meanwhile.
 */

/* One transfer's. */
struct slice {
	void (*go_on)(struct slice *slice);   /* it no longer rests; may rest again, or leave */
	void (*give_up)(struct slice *slice); /* it has waited for room too long; leaves */
	uint64_t rested_ms;                   /* in all, until it last went on */
	uint64_t rests_since_ms, most_ms;     /* uv_now(); how long it may, in all */
	uint64_t round;                       /* that `bytes` are of */
	size_t bytes;
	size_t large;   /* of its document, what is beyond that megabyte */
	uint64_t since; /* among those that have ever rested; 0: it has not */
	bool rests;
	struct slice *next;
};

struct slices {
	uv_idle_t turn; /* of the loop; active from a round's first byte on */
	uint64_t round;
	size_t bytes;
	uint64_t rested; /* so many have, so far */
	struct slice *first;
	size_t large, room;        /* of all documents, and what it may be */
	struct slice *grower;      /* it grows beyond that; or NULL */
	struct slice *crowded;     /* these rest until there is room */
	unsigned crowd;            /* so many */
	uv_timer_t patience;       /* with them */
	void (*crowds)(void *ctx); /* one more does; may be beneath libcurl's loop */
	void *ctx;
};

void slices_init(struct slices *slices, uv_loop_t *loop);
/* None is left; `closed` of the handles `turn` and `patience`, whose data is the caller's
 * to use. */
void slices_close(struct slices *slices, uv_close_cb closed);
/* How much of large documents there may be at once, one's excepted; 0: no other one, either,
 * than what is growing already. */
void slices_room(struct slices *slices, size_t bytes);
/* How many wait for room; who is to be told when one more does. */
unsigned slices_crowd(const struct slices *slices);
void slices_tell(struct slices *slices, void (*crowds)(void *ctx), void *ctx);
/* Whether this round has had all it may have. */
bool slices_are_spent(const struct slices *slices);

void slice_begin(struct slice *slice, void (*go_on)(struct slice *slice));
/* How long it may rest for want of room. */
void slice_bound(struct slice *slice, uint64_t most_ms, void (*give_up)(struct slice *slice));
/* How many bytes it may still make now; 0: it is to rest. */
size_t slice_left(const struct slices *slices, const struct slice *slice);
void slice_spend(struct slices *slices, struct slice *slice, size_t bytes);
/* Its document is so long now. */
void slice_holds(struct slices *slices, struct slice *slice, size_t length);
/* It may rest already. */
void slice_rest(struct slices *slices, struct slice *slice);
/* It is over, whether it rests or not, and its document somebody else's to count. */
void slice_end(struct slices *slices, struct slice *slice);

#endif
