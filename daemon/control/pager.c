#include "daemon/control/pager.h"

/* Rows of a page, however small they are: a page must not hold its
 * transaction for long. */
#define PAGE_ROWS_MAX 4096u

struct pager {
	struct call *call;
	const char *list;
	uint64_t left; /* rows that are still wanted */
	void (*ask)(struct call *call, struct pager *pager);
	void (*put_end)(struct pager *pager, struct json_writer *w);
	void *state;
};

static void ask_page(struct call *call)
{
	struct pager *pager = call->pager;
	struct json_writer *w = call_reply(call);

	json_put_key(w, pager->list);
	json_put_array(w);
	pager->ask(call, pager);
}

void pager_start(struct call *call, const char *list, uint64_t limit,
	void (*ask)(struct call *call, struct pager *pager), void *state)
{
	struct pager *pager = call_keep(call, 1, sizeof(*pager));

	pager->call = call;
	pager->list = list;
	pager->left = limit;
	pager->ask = ask;
	pager->state = state;
	call->pager = pager;
	if (limit > 0) {
		ask_page(call);
		return;
	}
	json_put_key(call_reply(call), list);
	json_put_array(&call->w);
	pager_done(pager, 0, false, NULL);
}

void *pager_state(const struct pager *pager)
{
	return pager->state;
}

struct call *pager_call(const struct pager *pager)
{
	return pager->call;
}

uint64_t pager_room(const struct pager *pager)
{
	return pager->left < PAGE_ROWS_MAX ? pager->left : PAGE_ROWS_MAX;
}

bool pager_is_last(const struct pager *pager)
{
	return pager->left <= PAGE_ROWS_MAX;
}

struct json_writer *pager_writer(struct pager *pager)
{
	return &pager->call->w;
}

int pager_row(struct pager *pager)
{
	return pager->call->out.length >= CALL_PAGE_BYTES || !json_ok(&pager->call->w);
}

void pager_at_end(struct pager *pager, void (*put)(struct pager *pager, struct json_writer *w))
{
	pager->put_end = put;
}

void pager_done(struct pager *pager, uint64_t rows, bool more, const struct err *err)
{
	struct call *call = pager->call;

	call->read = NULL;
	if (err != NULL) {
		call_fail(call, err);
		return;
	}
	json_put_array_end(&call->w);
	pager->left -= rows < pager->left ? rows : pager->left;
	if (more && pager->left > 0 && call->more && json_ok(&call->w)) {
		call_continue(call);
		call_when_drained(call, ask_page);
		return;
	}
	if (more && pager->left > 0) {
		json_put_key(&call->w, "partial");
		json_put_bool(&call->w, true);
	}
	if (pager->put_end != NULL)
		pager->put_end(pager, &call->w);
	call_end(call);
}
