#include "daemon/fetch/site.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/fetch/site_heap.h"

/*
 *	unknown --enter--> RUNNING --leave--> RESTING --gap over--> forgotten
 *	                      |                  |
 *	                      | enter            | enter: waits in the heap
 *	                      v                  v
 *	                   queue ------ gap over, nobody runs ------> RUNNING
 *
 * A site is in the heap exactly while somebody waits and nobody runs.
 */
struct site {
	struct heap_node node; /* first: the heap gives this back */
	struct site *chain;
	uint64_t started_ms;
	struct site_turn *first, *last;
	struct fetch_hold *hold; /* or NULL; most never have one */
	struct hold_herd herd;
	char address[48];
	bool running, started;
	bool exempt; /* the host that is called so needs no turn */
	uint32_t hash;
	char key[];
};

struct sites {
	uv_loop_t *loop;
	uv_timer_t timer;
	int64_t gap_ms;
	int64_t now_s; /* as it was last handed in */
	struct heap heap;
	struct site **table; /* chains; its size is a power of two */
	size_t size, count, waiting, holds;
	void (*closed)(void *ctx);
	void *closed_ctx;
};

static uint32_t hash_of(const char *key)
{
	uint32_t hash = 2166136261u;

	for (; *key != '\0'; key++)
		hash = (hash ^ (unsigned char)*key) * 16777619u;
	return hash;
}

static uint64_t ready_ms(const struct sites *sites, const struct site *site)
{
	int64_t gap = sites->gap_ms;

	if (!site->started)
		return 0;
	if (site->hold != NULL)
		gap = hold_gap_ms(site->hold, gap, sites->now_s);
	return site->started_ms + (uint64_t)gap;
}

/* Whether nothing would be different without it. */
static bool is_idle(const struct sites *sites, const struct site *site)
{
	return site->first == NULL && !site->running && site->hold == NULL &&
	       site->herd.at_s == 0 && ready_ms(sites, site) <= uv_now(sites->loop);
}

static void site_free(struct site *site)
{
	free(site->hold);
	free(site);
}

/* Nothing but zeros is as good as no hold at all. */
static void drop_spent_hold(struct sites *sites, struct site *site, int64_t now_s)
{
	const struct fetch_hold *hold = site->hold;

	if (hold != NULL && hold->until_s <= now_s && hold->gap_ms == 0 && hold->strikes == 0 &&
		hold->herds == 0) {
		free(site->hold);
		site->hold = NULL;
		sites->holds--;
	}
}

/* Drop who is idle; grow if that does not help. */
static void rehash(struct sites *sites)
{
	struct site **old = sites->table, *site, *next;
	size_t size = sites->size, i, kept = 0;
	struct site *all = NULL;

	for (i = 0; i < size; i++) {
		for (site = old[i]; site != NULL; site = next) {
			next = site->chain;
			drop_spent_hold(sites, site, sites->now_s);
			if (is_idle(sites, site)) {
				site_free(site);
				continue;
			}
			site->chain = all;
			all = site;
			kept++;
		}
	}
	if (size == 0 || kept > size / 2) {
		free(old);
		sites->size = size > 0 ? size * 2 : 256;
		sites->table = MEM_ARRAY(sites->size, struct site *);
	} else {
		memset(old, 0, size * sizeof(struct site *));
	}
	for (site = all; site != NULL; site = next) {
		next = site->chain;
		site->chain = sites->table[site->hash & (sites->size - 1)];
		sites->table[site->hash & (sites->size - 1)] = site;
	}
	sites->count = kept;
}

static struct site *find(const struct sites *sites, const char *key)
{
	uint32_t hash = hash_of(key);
	struct site *site;

	if (sites->size == 0)
		return NULL;
	for (site = sites->table[hash & (sites->size - 1)]; site != NULL; site = site->chain) {
		if (site->hash == hash && strcmp(site->key, key) == 0)
			return site;
	}
	return NULL;
}

static struct site *find_or_add(struct sites *sites, const char *key)
{
	struct site *site = find(sites, key);
	size_t length = strlen(key) + 1;

	if (site != NULL)
		return site;
	if (sites->count >= sites->size)
		rehash(sites);
	site = mem_alloc(sizeof(*site) + length);
	*site = (struct site){ .hash = hash_of(key) };
	memcpy(site->key, key, length);
	site->chain = sites->table[site->hash & (sites->size - 1)];
	sites->table[site->hash & (sites->size - 1)] = site;
	sites->count++;
	return site;
}

static bool goes_before(const struct site_turn *turn, const struct site_turn *other)
{
	return turn->front != other->front ? turn->front : turn->number < other->number;
}

/* From the end, where nearly all belong.  Whoever has waited longer stays ahead, else a
 * site that is never free would forget the oldest. */
static void queue_add(struct site *site, struct site_turn *turn)
{
	turn->previous = site->last;
	while (turn->previous != NULL && goes_before(turn, turn->previous))
		turn->previous = turn->previous->previous;
	turn->next = turn->previous != NULL ? turn->previous->next : site->first;
	if (turn->next != NULL)
		turn->next->previous = turn;
	else
		site->last = turn;
	if (turn->previous != NULL)
		turn->previous->next = turn;
	else
		site->first = turn;
}

static void queue_remove(struct site *site, struct site_turn *turn)
{
	if (turn->previous != NULL)
		turn->previous->next = turn->next;
	else
		site->first = turn->next;
	if (turn->next != NULL)
		turn->next->previous = turn->previous;
	else
		site->last = turn->previous;
	turn->next = turn->previous = NULL;
}

static void on_timer(uv_timer_t *timer);

static void set_timer(struct sites *sites)
{
	struct heap_node *first = heap_first(&sites->heap);
	uint64_t now = uv_now(sites->loop);

	if (uv_is_closing((uv_handle_t *)&sites->timer))
		return;
	if (first == NULL)
		uv_timer_stop(&sites->timer);
	else
		uv_timer_start(
			&sites->timer, on_timer, first->at_ms > now ? first->at_ms - now : 0, 0);
}

/* Into the heap if somebody waits and nobody runs, else out of it. */
static void place(struct sites *sites, struct site *site)
{
	heap_remove(&sites->heap, &site->node);
	if (site->first != NULL && !site->running) {
		site->node.at_ms = ready_ms(sites, site);
		heap_add(&sites->heap, &site->node);
	}
}

static void run(struct sites *sites, struct site *site, struct site_turn *turn)
{
	turn->had_started = site->started;
	turn->had_started_ms = site->started_ms;
	turn->running = site->running = site->started = true;
	site->started_ms = uv_now(sites->loop);
}

static void on_timer(uv_timer_t *timer)
{
	struct sites *sites = timer->data;
	struct site_turn *turn;
	struct heap_node *node;
	struct site *site;

	while ((node = heap_first(&sites->heap)) != NULL && node->at_ms <= uv_now(sites->loop)) {
		site = (struct site *)node;
		turn = site->first;
		queue_remove(site, turn);
		sites->waiting--;
		run(sites, site, turn);
		place(sites, site);
		turn->ready(turn);
	}
	set_timer(sites);
}

struct sites *sites_new(uv_loop_t *loop, int64_t gap_ms)
{
	struct sites *sites = MEM_NEW(struct sites);

	sites->loop = loop;
	sites->gap_ms = gap_ms;
	uv_timer_init(loop, &sites->timer);
	sites->timer.data = sites;
	return sites;
}

void sites_gap(struct sites *sites, int64_t gap_ms)
{
	struct site *site;
	size_t i;

	sites->gap_ms = gap_ms;
	for (i = 0; i < sites->size; i++) {
		for (site = sites->table[i]; site != NULL; site = site->chain)
			place(sites, site);
	}
	set_timer(sites);
}

static void on_closed(uv_handle_t *handle)
{
	struct sites *sites = handle->data;
	struct site *site, *next;
	size_t i;

	for (i = 0; i < sites->size; i++) {
		for (site = sites->table[i]; site != NULL; site = next) {
			next = site->chain;
			site_free(site);
		}
	}
	heap_release(&sites->heap);
	free(sites->table);
	if (sites->closed != NULL)
		sites->closed(sites->closed_ctx);
	free(sites);
}

void sites_close(struct sites *sites, void (*closed)(void *ctx), void *ctx)
{
	sites->closed = closed;
	sites->closed_ctx = ctx;
	uv_close((uv_handle_t *)&sites->timer, on_closed);
}

bool sites_enter(
	struct sites *sites, struct site_turn *turn, const char *key, bool front, int64_t now_s)
{
	struct site *site = find_or_add(sites, key);

	sites->now_s = now_s;
	turn->site = site;
	turn->running = false;
	if (!site->running && site->first == NULL && ready_ms(sites, site) <= uv_now(sites->loop)) {
		run(sites, site, turn);
		return true;
	}
	turn->front = front;
	queue_add(site, turn);
	sites->waiting++;
	place(sites, site);
	set_timer(sites);
	return false;
}

void sites_leave(struct sites *sites, struct site_turn *turn, uint64_t began_ms)
{
	struct site *site = turn->site;

	if (site == NULL)
		return;
	turn->site = NULL;
	if (turn->running) {
		turn->running = site->running = false;
		if (began_ms > site->started_ms)
			site->started_ms = began_ms;
	} else {
		queue_remove(site, turn);
		sites->waiting--;
	}
	place(sites, site);
	set_timer(sites);
}

void sites_forgo(struct sites *sites, struct site_turn *turn)
{
	if (turn->site != NULL && turn->running) {
		turn->site->started = turn->had_started;
		turn->site->started_ms = turn->had_started_ms;
	}
	sites_leave(sites, turn, 0);
}

bool sites_has(const struct site_turn *turn, const char *key)
{
	return turn->site != NULL && turn->running && strcmp(turn->site->key, key) == 0;
}

size_t sites_waiting(const struct sites *sites)
{
	return sites->waiting;
}

void sites_exempt(struct sites *sites, const char *host, bool exempt)
{
	struct site *site = exempt ? find_or_add(sites, host) : find(sites, host);

	if (site != NULL)
		site->exempt = exempt;
}

bool sites_is_exempt(const struct sites *sites, const char *host)
{
	const struct site *site = find(sites, host);

	return site != NULL && site->exempt;
}

const char *sites_address(struct sites *sites, const char *key)
{
	struct site *site = find(sites, key);

	return site != NULL ? site->address : "";
}

void sites_reached(struct sites *sites, const char *key, const char *address)
{
	struct site *site = find(sites, key);

	size_t length = strlen(address) + 1;

	if (site != NULL && length <= sizeof(site->address))
		memcpy(site->address, address, length);
}

bool sites_any_held(const struct sites *sites)
{
	return sites->holds > 0;
}

int64_t sites_held(struct sites *sites, const char *key, int64_t now_s, int64_t most_s,
	const struct fetch_hold **out_hold)
{
	struct site *site = find(sites, key);
	int64_t left;

	if (site == NULL || site->hold == NULL)
		return 0;
	left = hold_left_s(site->hold, now_s, most_s);
	if (left == 0)
		return 0;
	site->hold->until_s = now_s + left;
	if (out_hold != NULL)
		*out_hold = site->hold;
	return left;
}

void sites_each_hold(
	struct sites *sites, void (*each)(void *ctx, const struct fetch_hold *hold), void *ctx)
{
	struct site *site;
	size_t i;

	for (i = 0; i < sites->size; i++) {
		for (site = sites->table[i]; site != NULL; site = site->chain) {
			if (site->hold != NULL)
				each(ctx, site->hold);
		}
	}
}

void sites_clamp(struct sites *sites, int64_t now_s, int64_t most_s, int64_t step_s)
{
	struct site *site;
	size_t i;

	for (i = 0; i < sites->size; i++) {
		for (site = sites->table[i]; site != NULL; site = site->chain) {
			if (site->hold == NULL)
				continue;
			if (step_s > 0)
				hold_step(site->hold, now_s, step_s);
			hold_clamp(site->hold, now_s, most_s);
		}
	}
}

static struct fetch_hold *hold_of(struct sites *sites, struct site *site)
{
	if (site->hold == NULL) {
		sites->holds++;
		site->hold = MEM_NEW(struct fetch_hold);
		strncpy(site->hold->site, site->key, sizeof(site->hold->site) - 1);
	}
	return site->hold;
}

void sites_restore(struct sites *sites, const struct fetch_hold *hold)
{
	*hold_of(sites, find_or_add(sites, hold->site)) = *hold;
}

void sites_refused(struct sites *sites, const char *key, const char *url, int64_t at_s)
{
	hold_refused(&find_or_add(sites, key)->herd, url, at_s);
}

static void tell_held(struct sites *sites, struct site *site)
{
	struct site_turn *turn, *next;

	for (turn = site->first; turn != NULL; turn = next) {
		next = turn->next;
		if (turn->held == NULL)
			continue;
		queue_remove(site, turn);
		sites->waiting--;
		turn->site = NULL;
		turn->held(turn);
	}
	place(sites, site);
	set_timer(sites);
}

const struct fetch_hold *sites_answered(struct sites *sites, const char *key,
	const struct hold_answer *answer, const struct fetch_options *options, int64_t now_s)
{
	struct site *site = find(sites, key);
	bool had = site != NULL && site->hold != NULL, changed;
	struct fetch_hold *hold;
	int64_t before;

	if (!had && answer->status < 400 && !answer->challenge)
		return NULL; /* nearly all: nothing to keep, nothing to forget */
	site = find_or_add(sites, key);
	hold = hold_of(sites, site);
	before = hold->until_s;
	changed = hold_update(hold, &site->herd, answer, options, now_s);
	if (changed && hold->until_s > now_s && hold->until_s != before)
		tell_held(sites, site);
	if (!changed && !had)
		drop_spent_hold(sites, site, now_s);
	return changed ? hold : NULL;
}
