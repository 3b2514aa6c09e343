#include "world.h"

/*
 * Random edits of a document, against an oracle that knows which item is which:
 * nothing is lost, nothing is listed twice, no mark moves to another item, and each
 * has the file that it was last shown with.
 *
 * The oracle's items have a number.  Each round some are edited the way that
 * real feeds do it; an edit changes what identity may use only as far as the
 * rule promises to follow (the id, or link and title, or title and date stay).  Items
 * are taken away and put back, the window grows and shrinks, and half-way all is read.
 */

#define ITEMS_MAX 400
#define WINDOW 30
#define ROUNDS 60

struct thing {
	char guid[48], url[64], title[64], text[64], date[32], file[64];
	int64_t published_s;
	bool withdrawn; /* for a while */
	bool gone;      /* for good: another has its page */
	bool shared;    /* its page had another before */
	bool read;
};

struct oracle {
	struct thing things[ITEMS_MAX];
	int count, window;
	unsigned seed;
	unsigned generation;
};

static unsigned chance(struct oracle *o, unsigned below)
{
	o->seed = o->seed * 1664525u + 1013904223u;
	return (o->seed >> 10) % below;
}

static void put_thing(struct oracle *o)
{
	struct thing *thing = &o->things[o->count];
	int n = o->count++;

	snprintf(thing->guid, sizeof(thing->guid), "id-%d", n);
	snprintf(thing->url, sizeof(thing->url), "https://e.org/post/%d", n);
	snprintf(thing->title, sizeof(thing->title), "Title of %d", n);
	snprintf(thing->text, sizeof(thing->text), "Text of %d", n);
	snprintf(thing->date, sizeof(thing->date), "date %d", n);
	thing->published_s = NOW + n;
	snprintf(thing->file, sizeof(thing->file), "https://e.org/file/%d", n);
}

/* One of the last items of the window, that is there. */
static struct thing *some_thing(struct oracle *o)
{
	int window = o->count < o->window ? o->count : o->window;
	struct thing *thing;

	do
		thing = &o->things[o->count - 1 - (int)chance(o, (unsigned)window)];
	while (thing->withdrawn || thing->gone);
	return thing;
}

static void retitle(struct oracle *o)
{
	struct thing *thing = some_thing(o);

	snprintf(thing->title, sizeof(thing->title), "Retitled %u", ++o->generation);
}

static void retext(struct oracle *o)
{
	struct thing *thing = some_thing(o);

	snprintf(thing->text, sizeof(thing->text), "Edited %u", ++o->generation);
}

static void redate(struct oracle *o)
{
	struct thing *thing = some_thing(o);

	snprintf(thing->date, sizeof(thing->date), "redated %u", ++o->generation);
	thing->published_s += 60;
}

static void relink(struct oracle *o)
{
	struct thing *thing = some_thing(o);

	snprintf(thing->url, sizeof(thing->url), "https://e.org/moved/%u", ++o->generation);
}

static void refile(struct oracle *o)
{
	struct thing *thing = some_thing(o);

	snprintf(thing->file, sizeof(thing->file), "https://e.org/right/%u", ++o->generation);
}

/* Another id; link and title stay. */
static void reid(struct oracle *o)
{
	struct thing *thing = some_thing(o);

	snprintf(thing->guid, sizeof(thing->guid), "re-%u", ++o->generation);
}

/* Another id, date and file, and the link in another spelling; title and page stay. */
static void respell(struct oracle *o)
{
	static const char secure[] = "https://", plain[] = "http://www.";
	struct thing *thing = some_thing(o);
	bool is_secure = strncmp(thing->url, secure, strlen(secure)) == 0;
	const char *rest = thing->url + strlen(is_secure ? secure : plain);
	char url[64];

	if (thing->shared)
		return; /* its text is not enough then, and the link no part of it */
	snprintf(url, sizeof(url), "%s%.40s", is_secure ? plain : secure, rest);
	strcpy(thing->url, url);
	snprintf(thing->guid, sizeof(thing->guid), "re-%u", ++o->generation);
	snprintf(thing->date, sizeof(thing->date), "redated %u", o->generation);
	thing->published_s += 60;
	snprintf(thing->file, sizeof(thing->file), "https://e.org/right/%u", o->generation);
}

/* Another id and date, of all whose page had another item; link, title and text stay. */
static void bump(struct oracle *o)
{
	int i;

	for (i = 0; i < o->count; i++) {
		struct thing *thing = &o->things[i];

		if (!thing->shared || thing->withdrawn)
			continue;
		snprintf(thing->guid, sizeof(thing->guid), "re-%u", ++o->generation);
		snprintf(thing->date, sizeof(thing->date), "redated %u", o->generation);
		thing->published_s += 60;
	}
}

/* Another title, id and date: that is an item more, and the page has two. */
static void succeed(struct oracle *o)
{
	struct thing *old = some_thing(o), *thing = &o->things[o->count];

	put_thing(o);
	strcpy(thing->url, old->url);
	strcpy(thing->text, old->text);
	strcpy(thing->file, old->file);
	thing->shared = true;
	old->gone = true;
}

/* It may come back with all that the others got meanwhile. */
static void withdraw(struct oracle *o)
{
	some_thing(o)->withdrawn = true;
}

static void put_back(struct oracle *o)
{
	int i;

	for (i = 0; i < o->count; i++)
		o->things[i].withdrawn = false;
}

static void slide(struct oracle *o)
{
	o->window = WINDOW - (int)chance(o, 12);
}

static void reid_all(struct oracle *o)
{
	int i;

	o->generation++;
	for (i = 0; i < o->count; i++)
		snprintf(
			o->things[i].guid, sizeof(o->things[i].guid), "gen%u-%d", o->generation, i);
}

/* Another id and another address; title and date stay. */
static void move_all(struct oracle *o)
{
	int i;

	o->generation++;
	for (i = 0; i < o->count; i++) {
		struct thing *thing = &o->things[i];

		snprintf(thing->guid, sizeof(thing->guid), "https://h%u.example/%d", o->generation,
			i);
		snprintf(
			thing->url, sizeof(thing->url), "https://h%u.example/%d", o->generation, i);
	}
}

static void (*const edits[])(struct oracle *) = { retitle, retext, redate, relink, refile, reid,
	respell, bump, succeed, succeed, withdraw, put_back, slide, reid_all, move_all };

#define OF_ONE 11 /* of them: they are of one item, which was shown before */

/* The window: the newest that are not withdrawn, in any order. */
static size_t show(struct oracle *o, struct words *out, int *numbers)
{
	size_t count = 0, i;
	int n;

	for (n = o->count - 1; n >= 0 && n >= o->count - o->window; n--) {
		const struct thing *thing = &o->things[n];

		if (thing->withdrawn || thing->gone)
			continue;
		memset(&out[count], 0, sizeof(out[count]));
		out[count].guid = thing->guid;
		out[count].url = thing->url;
		out[count].title = thing->title;
		out[count].text = thing->text;
		out[count].date = thing->date;
		out[count].published_s = thing->published_s;
		out[count].enclosure = thing->file;
		numbers[count++] = n;
	}
	for (i = count; i > 1; i--) {
		size_t k = chance(o, (unsigned)i);
		struct words swap = out[i - 1];

		out[i - 1] = out[k];
		out[k] = swap;
	}
	return count;
}

/* Each once, and what it said last is said by one row: nobody took over another's. */
static void assert_rows(struct world *w, const struct oracle *o, int64_t feed)
{
	char *sql, *line, *rows;
	int i;

	sql = mem_printf("SELECT ';' || title || ' ' || (attachments -> 0 ->> 'url') || ' '"
			 " || read || ';' FROM item WHERE feed_id = %lld",
		(long long)feed);
	rows = world_sql(w, sql);
	for (i = 0; i < o->count; i++) {
		line = mem_printf(
			";%s %s %d;", o->things[i].title, o->things[i].file, o->things[i].read);
		if (strstr(rows, line) == NULL)
			fail_msg("no row is %s", line);
		free(line);
	}
	free(sql);
}

static void read_all(struct world *w, struct oracle *o)
{
	int i;

	world_mark_all(w, STORE_MARK_READ, NULL, 0);
	for (i = 0; i < o->count; i++)
		o->things[i].read = true;
}

static void one_run(struct world *w, unsigned seed)
{
	struct oracle *o = MEM_NEW(struct oracle);
	char url[48], sql[120], wanted[32];
	struct words items[WINDOW];
	int numbers[WINDOW], round, i, added, count;
	int64_t feed;

	o->seed = seed;
	o->window = WINDOW;
	snprintf(url, sizeof(url), "https://e.org/feed/%u", seed);
	feed = world_add(w, url);
	for (i = 0; i < 20; i++)
		put_thing(o);
	world_ingest(w, feed, items, show(o, items, numbers));
	for (round = 0; round < ROUNDS; round++) {
		unsigned edit = chance(o, sizeof(edits) / sizeof(edits[0]));

		count = o->count;
		added = (int)chance(o, 4);
		for (i = 0; i < added; i++)
			put_thing(o);
		/* An edit of all ids and new items in one document are both
		 * promised; an edit of one item is made to what was shown. */
		if (added == 0 || edit >= OF_ONE)
			edits[edit](o);
		added = o->count - count;
		w->now_s += HOUR;
		world_ingest(w, feed, items, show(o, items, numbers));
		if ((int)w->delta.fresh != added || w->delta.backfill != 0)
			fail_msg("seed %u, round %d, edit %u: %d items were added, %u came", seed,
				round, edit, added, w->delta.fresh);
		assert_false(w->delta.gap);
		if (round == ROUNDS / 2)
			read_all(w, o);
	}
	assert_rows(w, o, feed);
	snprintf(sql, sizeof(sql),
		"SELECT count(*), count(DISTINCT title) FROM item WHERE feed_id = %lld",
		(long long)feed);
	snprintf(wanted, sizeof(wanted), "%d|%d", o->count, o->count);
	assert_string_equal(world_sql(w, sql), wanted);
	free(o);
}

static void random_edits_lose_nothing_and_repeat_nothing(void **state)
{
	unsigned seed;

	for (seed = 1; seed <= 12; seed++)
		one_run(*state, seed);
}

/* A document that is shown again in whatever order writes nothing. */
static void order_is_nothing(void **state)
{
	struct world *w = *state;
	struct oracle *o = MEM_NEW(struct oracle);
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[WINDOW];
	int numbers[WINDOW], i;

	o->seed = 7;
	o->window = WINDOW;
	for (i = 0; i < WINDOW; i++)
		put_thing(o);
	world_ingest(w, feed, items, show(o, items, numbers));
	for (i = 0; i < 20; i++) {
		world_ingest(w, feed, items, show(o, items, numbers));
		assert_int_equal(w->delta.fresh + w->delta.changed + w->delta.rekeyed, 0);
	}
	free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(random_edits_lose_nothing_and_repeat_nothing),
		TEST(order_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
