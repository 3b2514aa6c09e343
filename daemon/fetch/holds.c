#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/time.h"
#include "daemon/fetch/fetcher.h"
#include "daemon/url.h"

/* Holds as others see them: in words, and all of a moment at once. */

int fetch_hold_err(const struct fetch_hold *hold, int64_t left_s, struct err *err)
{
	char span[TIME_SPAN_MAX];

	time_format_span(left_s, span);
	return err_set(
		err, ERR_HELD, "%s wants no requests for %s (%s)", hold->site, span, hold->reason);
}

struct fetch_holds {
	size_t count, room;
	int64_t now_s, most_s;
	struct fetch_hold *holds; /* sorted by site */
	struct fetch_hold all;    /* until_s 0: there is none */
	bool proxy_only;          /* it is for who goes by the proxy of all feeds */
};

static void add(void *ctx, const struct fetch_hold *hold)
{
	struct fetch_holds *holds = ctx;
	int64_t left = hold_left_s(hold, holds->now_s, holds->most_s);

	if (left == 0)
		return;
	if (holds->count == holds->room) {
		holds->room = holds->room > 0 ? holds->room * 2 : 8;
		holds->holds = mem_realloc_array(
			holds->holds, holds->room, sizeof(struct fetch_hold));
	}
	holds->holds[holds->count] = *hold;
	holds->holds[holds->count++].until_s = holds->now_s + left;
}

static int by_site(const void *a, const void *b)
{
	const struct fetch_hold *x = a, *y = b;

	return strcmp(x->site, y->site);
}

struct fetch_holds *fetcher_holds(const struct fetcher *fetcher, int64_t now_s)
{
	struct fetch_holds *holds = MEM_NEW(struct fetch_holds);

	holds->now_s = now_s;
	holds->most_s = fetcher->options.retry_after_max_s;
	if (sites_any_held(fetcher->sites))
		sites_each_hold(fetcher->sites, add, holds);
	if (holds->count > 1)
		qsort(holds->holds, holds->count, sizeof(struct fetch_hold), by_site);
	return holds;
}

void fetch_holds_free(struct fetch_holds *holds)
{
	if (holds == NULL)
		return;
	free(holds->holds);
	free(holds);
}

void fetch_holds_all(
	struct fetch_holds *holds, int64_t until_s, const char *reason, bool proxy_only)
{
	holds->proxy_only = proxy_only;
	holds->all = (struct fetch_hold){ .site = FETCH_ALL_SITES, .until_s = until_s };
	snprintf(holds->all.reason, sizeof(holds->all.reason), "%s", reason);
}

bool fetch_site(const char *url, char out_key[256])
{
	struct url_parts parts;

	if (url_split(url, &parts, NULL) < 0)
		return false;
	site_key(parts.host, out_key);
	url_parts_release(&parts);
	return true;
}

const struct fetch_hold *fetch_holds_find(
	const struct fetch_holds *holds, const char *url, bool own_way)
{
	const struct fetch_hold *hold = NULL;
	struct fetch_hold key;

	if ((holds->count == 0 && holds->all.until_s == 0) || !fetch_site(url, key.site))
		return NULL;
	if (holds->count > 0)
		hold = bsearch(&key, holds->holds, holds->count, sizeof(key), by_site);
	if (!(own_way && holds->proxy_only) &&
		holds->all.until_s > (hold != NULL ? hold->until_s : 0))
		hold = &holds->all;
	return hold;
}

void fetch_holds_each(const struct fetch_holds *holds,
	void (*each)(void *ctx, const struct fetch_hold *hold), void *ctx)
{
	if (holds->all.until_s != 0)
		each(ctx, &holds->all);
	for (size_t i = 0; i < holds->count; i++)
		each(ctx, &holds->holds[i]);
}
