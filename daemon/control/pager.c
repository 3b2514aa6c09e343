#include "daemon/control/pager.h"

/* Rows of a page, however small they are: a page must not hold its
 * transaction for long. */
#define PAGE_ROWS_MAX 4096u

/* Where others leave much unread, a page is short, so that who does likewise adds little. */
#define SHORT_ROWS 256u
#define SHORT_BYTES ((size_t)48 << 10)

struct pager {
	struct call *call;
	const struct pager_list *list;
	uint64_t left; /* rows that are still wanted */
	uint64_t room; /* on the page that is read */
	bool more;     /* of the page that was read last: rows are behind it */
	void *state;

	bool may_put_aside;
	bool aside;        /* so it is, from the second page on */
	bool drained;      /* the client waits for a page */
	bool half;         /* the page that was written last goes on in the next reply */
	unsigned ready;    /* pages that were read and wait for the client */
	unsigned into;     /* which of the pages is read into, */
	unsigned from;     /* and which is written */
	bool alone;        /* no other of them is in use while one is read */
	size_t page_bytes; /* as many make a reply */
	bool failed;       /* this came in place of the page behind those */
	struct err err;
};

static void begin_page(struct pager *pager)
{
	struct json_writer *w = call_reply(pager->call);

	pager->page_bytes = call_is_crowded(pager->call) ? SHORT_BYTES : CALL_PAGE_BYTES;
	if (pager->list->head != NULL)
		pager->list->head(pager, w);
	json_put_key(w, pager->list->name);
	json_put_array(w);
}

static void ask(struct pager *pager)
{
	uint64_t most = call_is_crowded(pager->call) ? SHORT_ROWS : PAGE_ROWS_MAX;

	pager->room = pager->left < most ? pager->left : most;
	pager->list->ask(pager->call, pager);
}

static bool goes_on(const struct pager *pager)
{
	return pager->more && pager->left > 0 && pager->call->more;
}

static void end_pages(struct pager *pager)
{
	struct call *call = pager->call;

	if (pager->more && pager->left > 0) {
		json_put_key(&call->w, "partial");
		json_put_bool(&call->w, true);
	}
	call_end(call);
}

/* `next` is called when the client has read enough; maybe now. */
static void send_page(struct pager *pager, bool last, void (*next)(struct call *call))
{
	struct call *call = pager->call;

	json_put_array_end(&call->w);
	if (last || !json_ok(&call->w)) {
		end_pages(pager);
		return;
	}
	call_continue(call);
	call_when_drained(call, next);
}

/* -------------------------------------------------- written as read ---- */

static void ask_page(struct call *call)
{
	begin_page(call->pager);
	ask(call->pager);
}

/* -------------------------------------------------------- put aside ---- */

static void on_drained(struct call *call);

/* Where a page is free: of all, one is written. */
static void read_on(struct pager *pager)
{
	if (pager->call->read != NULL || pager->failed || !goes_on(pager) ||
		pager->ready == PAGER_ASIDE - 1 || !call_keeps_up(pager->call))
		return;
	pager->alone = false;
	ask(pager);
}

/* The client waits, and nothing is there: for one that does not keep up nothing was read
 * before, and the page is the one that was written last. */
static void read_one(struct pager *pager)
{
	if (pager->call->read != NULL || !goes_on(pager))
		return;
	pager->alone = !call_keeps_up(pager->call);
	if (pager->alone)
		pager->into = pager->from;
	ask(pager);
}

static void put_reply(struct pager *pager)
{
	bool last;

	begin_page(pager);
	pager->half = pager->list->put(pager, &pager->call->w);
	last = !pager->half && pager->ready == 0 && !goes_on(pager) && !pager->failed &&
	       pager->call->read == NULL;
	send_page(pager, last, on_drained);
}

/* The next page is asked for first, so that it is read meanwhile. */
static void put_page(struct pager *pager)
{
	pager->from = (pager->into + PAGER_ASIDE - pager->ready) % PAGER_ASIDE;
	pager->ready--;
	pager->list->turn(pager);
	read_on(pager);
	put_reply(pager);
}

static void go_on(struct pager *pager)
{
	if (!pager->drained)
		return;
	if (!pager->half && pager->ready == 0) {
		if (pager->failed)
			call_fail(pager->call, &pager->err);
		else
			read_one(pager);
		return;
	}
	pager->drained = false;
	if (pager->half)
		put_reply(pager);
	else
		put_page(pager);
}

static void on_drained(struct call *call)
{
	call->pager->drained = true;
	go_on(call->pager);
}

static void ask_aside(struct call *call)
{
	call->pager->aside = call->pager->drained = true;
	ask(call->pager);
}

static void page_is_read(struct pager *pager, const struct err *err)
{
	pager->failed = err != NULL;
	if (err != NULL) {
		pager->err = *err;
	} else {
		pager->into = (pager->into + 1) % PAGER_ASIDE;
		pager->ready++;
	}
	read_on(pager);
	go_on(pager);
}

/* ------------------------------------------------------------------------ */

void pager_start(
	struct call *call, const struct pager_list *list, bool aside, uint64_t limit, void *state)
{
	struct pager *pager = call_keep(call, 1, sizeof(*pager));

	pager->call = call;
	pager->list = list;
	pager->may_put_aside = aside;
	pager->left = limit;
	pager->state = state;
	call->pager = pager;
	if (limit > 0) {
		ask_page(call);
		return;
	}
	begin_page(pager);
	send_page(pager, true, NULL);
}

void *pager_state(const struct pager *pager)
{
	return pager->state;
}

struct call *pager_call(const struct pager *pager)
{
	return pager->call;
}

unsigned pager_into(const struct pager *pager)
{
	return pager->into;
}

unsigned pager_from(const struct pager *pager)
{
	return pager->from;
}

bool pager_is_alone(const struct pager *pager)
{
	return pager->alone;
}

uint64_t pager_room(const struct pager *pager)
{
	return pager->room;
}

struct json_writer *pager_writer(struct pager *pager)
{
	return pager->aside ? NULL : &pager->call->w;
}

int pager_row(struct pager *pager)
{
	return pager->call->out.length >= pager->page_bytes || !json_ok(&pager->call->w);
}

void pager_done(struct pager *pager, uint64_t rows, bool more, const struct err *err)
{
	struct call *call = pager->call;

	call->read = NULL;
	pager->left -= rows < pager->left ? rows : pager->left;
	pager->more = more;
	/* All of it were copies of what was told.  A reply without rows would look like the
	 * end of the listing. */
	if (err == NULL && rows == 0 && more)
		ask(pager);
	else if (pager->aside)
		page_is_read(pager, err);
	else if (err != NULL)
		call_fail(call, err);
	else
		send_page(pager, !goes_on(pager), pager->may_put_aside ? ask_aside : ask_page);
}
