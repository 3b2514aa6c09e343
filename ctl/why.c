#include "ctl/why.h"

#include <string.h>

#include "common/time.h"

static void put(struct buf *out, const char *words)
{
	(void)!buf_add_text(out, words); /* half a sentence is better than none */
}

static void put_span(struct buf *out, int64_t seconds)
{
	char span[TIME_SPAN_MAX];

	time_format_span(seconds, span);
	put(out, span);
}

static int64_t number(const struct wire_row *row, const char *key)
{
	return value_int(wire_row_get(row, key));
}

static int64_t wait_of(const struct wire_row *feed, const char *who)
{
	struct wire_row terms = wire_row_in(wire_row_get(feed, "terms"));

	return number(&terms, who);
}

static void why_base(const struct wire_row *feed, struct buf *out)
{
	bool own = !value_is_null(wire_row_get(feed, "every"));

	if (wait_of(feed, "base") <= 0) {
		put(out, "for the first time");
		return;
	}
	put(out, own ? "because it is to be every " : "because every ");
	put_span(out, wait_of(feed, "base"));
	put(out, own ? "" : " is the usual");
}

static void why_adaptive(const struct wire_row *feed, struct buf *out)
{
	double rate = value_double(wire_row_get(feed, "items_per_week"));

	put(out, "because new items come seldom");
	if (rate > 0)
		(void)!buf_printf(out, " (%.2g a week)", rate);
}

/* The longest of the server's lifetime, the feed's ttl and its rhythm, which is
 * in the term alone; the term may be cut to what hint-max allows. */
static void why_hint(const struct wire_row *feed, struct buf *out)
{
	int64_t wait = wait_of(feed, "hint");
	int64_t lifetime = number(feed, "lifetime"), ttl = number(feed, "ttl");

	if (lifetime > 0 && lifetime >= wait && lifetime >= ttl) {
		if (buf_printf(out, "because the server said max-age=%lld", (long long)lifetime) <
			0)
			return;
		if (wait > 0 && lifetime > wait) { /* as far as hint-max goes */
			put(out, ", of which ");
			put_span(out, wait);
			put(out, " count");
		}
	} else {
		put(out, "because the feed asks for ");
		put_span(out, ttl >= wait ? ttl : wait);
		put(out, " between looks");
	}
}

static void why_backoff(const struct wire_row *feed, struct buf *out)
{
	int64_t failures = number(feed, "failures");

	if (failures < 2)
		put(out, "because the last look failed");
	else if (buf_printf(out, "because the last %lld looks failed", (long long)failures) < 0)
		return;
}

static bool begins(const struct wire_value *text, const char *with)
{
	return value_is_text(text) && strncmp(text->text, with, strlen(with)) == 0;
}

/* The site's own word, or our peace with what broke our parsers, or no word of any site. */
static void why_hold(const struct wire_row *feed, struct buf *out)
{
	struct wire_row error = wire_row_in(wire_row_get(feed, "last_error"));
	struct wire_row hold = wire_row_in(wire_row_get(feed, "hold"));
	const struct wire_value *class = wire_row_get(&error, "class");
	const struct wire_value *reason = wire_row_get(&hold, "reason");

	if (!value_is_text(reason) && begins(class, "parser_")) {
		put(out, "because it ended the parser again and again");
		return;
	}
	if (begins(reason, "it ") ||
		(begins(wire_row_get(&hold, "site"), "*") && value_is_text(reason))) {
		put(out, "because ");
		put(out, reason->text);
		return;
	}
	put(out, value_is_text(reason) && !begins(reason, "429") && !begins(reason, "503")
			 ? "because the site refuses"
			 : "because the site asked to wait");
	if (value_is_text(reason))
		(void)!buf_printf(out, " (%s)", reason->text);
}

/* Nobody pauses a feed that is shown as moved but the daemon. */
static void why_paused(const struct wire_row *feed, struct buf *out)
{
	const struct wire_value *state = wire_row_get(feed, "state");

	if (value_is_text(state) && strcmp(state->text, "moved") == 0)
		put(out, "because it leads to another feed: remove one of them, or `feedctl "
			 "resume` this one");
	else
		put(out, "because it is paused; `feedctl resume` goes on");
}

void why_next(const struct wire_row *feed, struct buf *out)
{
	static const struct {
		const char *reason;
		void (*tell)(const struct wire_row *feed, struct buf *out);
		const char *words; /* where it needs no telling */
	} reasons[] = {
		{ "base", why_base, NULL },
		{ "adaptive", why_adaptive, NULL },
		{ "hint", why_hint, NULL },
		{ "waste", NULL, "because the server sent all of it again and nothing was new" },
		{ "backoff", why_backoff, NULL },
		{ "hold", why_hold, NULL },
		{ "skip", NULL, "because the feed named hours or days to skip" },
		{ "paused", why_paused, NULL },
		{ "gone", NULL,
			"because the site said that it is gone; `feedctl resume` tries again" },
	};
	const struct wire_value *reason = wire_row_get(feed, "reason");

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (!value_is_text(reason) || strcmp(reason->text, reasons[i].reason) != 0)
			continue;
		if (reasons[i].tell != NULL)
			reasons[i].tell(feed, out);
		else
			put(out, reasons[i].words);
	}
}

void why_answers(const struct wire_row *feed, struct buf *out)
{
	struct wire_row list = wire_row_in(wire_row_get(feed, "recent")), look;
	const struct wire_value *one = NULL;
	int64_t first = 0;
	unsigned alike = 0;
	const char *words;

	while ((one = wire_row_next(&list, one)) != NULL && row_of(one, &look)) {
		if (alike > 0 && number(&look, "status") != first)
			break;
		first = number(&look, "status");
		alike++;
	}
	if (alike == 0)
		return;
	words = first == 304 ? " (not changed)" : first == 0 ? "no answer at all" : "";
	if (alike == 1)
		put(out, "the last was ");
	else if (buf_printf(out, "the last %u were ", alike) < 0)
		return;
	if (first != 0 && buf_printf(out, "%lld", (long long)first) < 0)
		return;
	put(out, words);
}

void why_asks(const struct wire_row *feed, struct buf *out)
{
	bool etag = !value_is_null(wire_row_get(feed, "etag"));
	bool date = !value_is_null(wire_row_get(feed, "last_modified"));
	const struct wire_value *mode = wire_row_get(feed, "conditional");

	if (!value_is_text(mode))
		return;
	if (!etag && !date && value_is_null(wire_row_get(feed, "succeeded_at")))
		return; /* nobody was asked yet */
	if (!etag && !date)
		put(out, "it can't: the server gave neither ETag nor date");
	else if (strcmp(mode->text, "useless") == 0)
		put(out, "in vain: the server sends all of it each time");
	else if (strcmp(mode->text, "lm_only") == 0)
		put(out, "by date: the server does not know its own ETag again");
	else
		put(out, etag && date ? "by ETag and date" : etag ? "by ETag" : "by date");
}

void why_waits(const struct wire_row *feed, struct buf *out)
{
	static const struct {
		const char *who, *words;
	} waits[] = { { "base", " as usual" }, { "adaptive", " by its rhythm" },
		{ "hint", " by the server or the feed" }, { "waste", " for answers in vain" },
		{ "backoff", " for failures" }, { "hold", " by the site" },
		{ "skip", " for what it skips" } };
	bool first = true;

	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		int64_t wait = wait_of(feed, waits[i].who);

		if (wait <= 0)
			continue;
		put(out, first ? "" : ", ");
		put_span(out, wait);
		put(out, waits[i].words);
		first = false;
	}
}
