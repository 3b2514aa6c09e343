#ifndef FETCH_FETCHER_H
#define FETCH_FETCHER_H

#include <sys/queue.h>

#include "daemon/fetch/fetch.h"
#include "daemon/fetch/multi.h"
#include "daemon/fetch/resolve.h"
#include "daemon/fetch/site.h"
#include "daemon/fetch/transfer.h"

/*
 * The insides of fetch.h, for fetcher.c (the whole), fetch.c (one request),
 * fetch_address.c (where it goes), fetch_answer.c (what came) and slot.c (who is next).
 */

enum fetch_state {
	FETCH_AT_SITE,
	FETCH_RESOLVING,
	FETCH_AT_ADDRESS,
	FETCH_AT_SLOT,
	FETCH_MOVING,
	FETCH_FAILED,
};

#define RESOLVE_TIMEOUT_MS 10000u /* of a name, once a thread asks about it */

struct fetch_list {
	struct fetch *first, *last;
};

TAILQ_HEAD(fetch_slots, fetch);

struct fetch {
	struct fetcher *fetcher;
	enum fetch_state state;
	struct request request;
	struct hop hop;
	struct fetch_hop hops[FETCH_HOPS_MAX];
	size_t hop_count;
	char key[256]; /* of the hop's site */
	bool asked;    /* the site, in this turn */
	struct site_turn site, address;
	struct lookup *lookup;
	struct address addresses[RESOLVE_ADDRESSES_MAX]; /* that may be reached */
	size_t address_count;
	struct curl_slist *pins;       /* until a transfer has them */
	struct transfer *transfer;     /* from the first hop's on */
	uint64_t asked_ms, entered_ms; /* libuv's: asked.now_s, the state's start */
	uint64_t resolve_ms, moved_ms; /* spent on the hop's names; on all transfers */
	struct err err;                /* in FETCH_FAILED */
	enum fetch_miss missed;        /* likewise */
	struct fetch *next, *previous; /* in fetcher's `open`, or `failed` */
	TAILQ_ENTRY(fetch) slot;       /* in one of its `slots` */
	fetch_done *done;
	void *ctx;
};

struct fetcher {
	uv_loop_t *loop;
	struct fetch_options options;
	struct sites *sites;
	struct resolver *resolver;
	struct multi *multi;
	struct transfer_pool pool;
	uv_timer_t soon; /* tells failures, and closes, from the loop */
	struct fetch_list open, failed;
	struct fetch_slots first_slots, slots; /* who waits for one; those go first */
	size_t active;
	uint64_t started; /* so many fetches were */
	size_t abandoned; /* until they have ended; of those few are let go on */
	struct fetch_numbers numbers;
	unsigned allowed;                                               /* at once, of in_flight */
	void (*hold_changed)(void *ctx, const struct fetch_hold *hold); /* or NULL */
	void *hold_ctx;
	bool closing;
	unsigned parts; /* still to be closed */
	void (*closed)(void *ctx);
	void *closed_ctx;
};

void fetch_list_add(struct fetch_list *list, struct fetch *fetch);
void fetch_list_remove(struct fetch_list *list, struct fetch *fetch);

/* Who waits for one of the `in_flight` slots, in the order of their coming, but behind those
 * who are at a terminal or half way already (slot.c). */
void slots_init(struct fetcher *fetcher);
void slot_add(struct fetch *fetch);
void slot_remove(struct fetch *fetch);
/* Who is the next that may go, and waits still; NULL: nobody is. */
struct fetch *slot_next(const struct fetcher *fetcher);

/* What fetcher.c calls in fetch.c. */
void fetch_tell_failed(struct fetcher *fetcher);
void fetch_on_moved(void *private, CURLcode code);
void fetch_fill_slots(struct fetcher *fetcher);

/*
 * What fetch.c calls in fetch_address.c.  Its proxy anew, as hop_route() does: the setting
 * may have changed while it waited; how likely the host is found; which of
 * its addresses may be reached (they are pinned: what is not is not connected;
 * -1 and fetch->err: none); the one that it was reached at last, else its first;
 * whether manners make no claim on that one.
 */
int fetch_route(struct fetch *fetch) MUST_USE;
enum resolve_hope fetch_hope(const struct fetch *fetch);
int fetch_keep_addresses(
	struct fetch *fetch, const struct address *addresses, size_t count) MUST_USE;
const struct address *fetch_likely_address(const struct fetch *fetch);
bool fetch_is_exempt(const struct fetch *fetch, const struct address *address);

/* What fetch.c calls in fetch_answer.c: Unix time by the request's clock, which is
 * set by the second one; what the answer says about its site; what who asked is told. */
int64_t fetch_now_s(const struct fetch *fetch);
void fetch_clock_jumped(struct fetch *fetch, int64_t now_s);
void fetch_learn(struct fetch *fetch);
void fetch_fill_result(struct fetch *fetch, struct fetch_result *result);

/* And the other way round: on_soon() is to run. */
void fetcher_soon(struct fetcher *fetcher);
/* How many transfers wait for room and leave their slots to others. */
unsigned fetcher_resting(const struct fetcher *fetcher);

#endif
