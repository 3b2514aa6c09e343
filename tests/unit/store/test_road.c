#include "world.h"

/* The store's main road: subscribe, look, keep, list, mark. */

static void on_marked(void *ctx, const struct store_marked *marked, const struct err *err)
{
	struct world *w = ctx;

	if (marked != NULL) {
		w->number = marked->changed;
		w->rows = marked->matched;
		w->text[0] = '\0';
		if (marked->unknown[0] != NULL)
			strcpy(w->text, marked->unknown[0]);
	}
	world_answer(w, err);
}

static void mark(struct world *w, enum store_mark what, const char *word)
{
	struct store_selection selection = { .words = &word, .count = 1 };

	store_mark(w->store, &selection, what, what >= STORE_TAG ? "a tag" : NULL, w->now_s,
		on_marked, w);
	world_wait(w);
	assert_false(w->failed);
}

static const struct words two[] = {
	{ .guid = "b",
		.url = "https://e.org/b",
		.title = "B",
		.text = "<p>b",
		.published_s = NOW - 10 },
	{ .guid = "a",
		.url = "https://e.org/a",
		.title = "A",
		.text = "<p>a",
		.published_s = NOW - 20 },
};

static void what_is_ingested_is_listed_newest_first(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, two);
	assert_true(w->delta.initial);
	assert_int_equal(w->delta.fresh, 2);
	assert_string_equal(world_list(w, NULL), "2 N B\n1 N A\n");
	assert_int_equal(world_count(w, NULL), 2);
}

static void a_document_again_changes_nothing(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, two);
	w->now_s += HOUR;
	INGEST(w, feed, two);
	assert_int_equal(w->delta.fresh, 0);
	assert_int_equal(w->delta.changed, 0);
	assert_false(w->delta.initial);
	assert_string_equal(world_list(w, NULL), "2 N B\n1 N A\n");
}

static void a_mark_outlives_a_restart(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, two);
	mark(w, STORE_MARK_READ, "1");
	assert_int_equal(w->number, 1);
	mark(w, STORE_STAR, "https://e.org/b");
	assert_int_equal(w->number, 1);
	mark(w, STORE_TAG, "b");
	assert_int_equal(w->number, 1);
	mark(w, STORE_MARK_READ, "nothing");
	assert_string_equal(w->text, "nothing");
	world_close(w);
	world_open(w);
	assert_string_equal(world_list(w, NULL), "2 N* B\n1 R A\n");
}

static void an_edit_updates_in_place(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words edited[2] = { two[0], two[1] };

	INGEST(w, feed, two);
	mark(w, STORE_MARK_READ, "1");
	edited[1].title = "A, corrected";
	w->now_s += HOUR;
	INGEST(w, feed, edited);
	assert_int_equal(w->delta.changed, 1);
	assert_int_equal(w->delta.fresh, 0);
	assert_string_equal(world_list(w, NULL), "2 N B\n1 R+ A, corrected\n");
	assert_string_equal(world_sql(w, "SELECT revision, title FROM previous"), "1|A");
}

static void the_shell_finds_the_file_sound(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct stat status;
	char path[128];

	INGEST(w, feed, two);
	assert_string_equal(world_sql(w, "PRAGMA integrity_check"), "ok");
	assert_string_equal(world_sql(w, "SELECT total, unread, starred FROM feed"), "2|2|0");
	snprintf(path, sizeof(path), "%s/feedd.db", w->dir);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	snprintf(path, sizeof(path), "%s/feedd.db-wal", w->dir);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

static void on_claimed(void *ctx, struct store_claim *claims, size_t count, const struct err *err)
{
	struct world *w = ctx;

	w->number = count;
	if (count > 0) {
		snprintf(w->text, sizeof(w->text), "%s %s %.*s", claims[0].url, claims[0].title,
			(int)claims[0].validators.etag_length,
			claims[0].validators.etag != NULL ? (char *)claims[0].validators.etag : "");
		store_claims_free(claims, count);
	}
	world_answer(w, err);
}

static void on_due(void *ctx, int64_t next_poll_s, uint64_t due, const struct err *err)
{
	struct world *w = ctx;

	w->id = next_poll_s;
	w->number = due;
	world_answer(w, err);
}

static void a_claim_is_put_ahead(void **state)
{
	struct world *w = *state;

	world_add(w, "https://e.org/feed");
	store_due(w->store, w->now_s, STORE_DUE_ALL, on_due, w);
	world_wait(w);
	assert_int_equal(w->id, w->now_s);
	assert_int_equal(w->number, 1);
	store_claim(w->store, w->now_s, 900, 10, STORE_DUE_ALL, on_claimed, w);
	world_wait(w);
	assert_int_equal(w->number, 1);
	assert_string_equal(w->text, "https://e.org/feed https://e.org/feed ");
	store_claim(w->store, w->now_s, 900, 10, STORE_DUE_ALL, on_claimed, w);
	world_wait(w);
	assert_int_equal(w->number, 0);
	store_due(w->store, w->now_s, STORE_DUE_ALL, on_due, w);
	world_wait(w);
	assert_int_equal(w->id, w->now_s + 900);
}

static void look_ended(struct world *w, int64_t feed, unsigned failures, int64_t last_ok_s)
{
	struct store_note note = { .feed_id = feed, .now_s = w->now_s };

	note.state.next_poll_s = w->now_s;
	note.state.failures = failures;
	note.state.last_ok_s = last_ok_s;
	store_note(w->store, &note, on_noted, w);
	world_wait(w);
	assert_false(w->failed);
}

/* Any of those that were well: one of them may be gone for good. */
static void a_probe_is_not_always_the_same(void **state)
{
	static const char *const urls[] = { "https://e.org/well", "https://e.org/likewise",
		"https://e.org/failing", "https://e.org/never" };
	struct world *w = *state;
	unsigned seen[4] = { 0 };

	for (size_t i = 0; i < 4; i++)
		look_ended(w, world_add(w, urls[i]), i == 2, i == 3 ? 0 : w->now_s);
	for (unsigned probe = 1; probe <= 40; probe++) {
		store_claim(
			w->store, w->now_s + probe * HOUR, 900, 1, STORE_DUE_PROBE, on_claimed, w);
		world_wait(w);
		assert_int_equal(w->number, 1);
		for (size_t i = 0; i < 4; i++)
			seen[i] += strncmp(w->text, urls[i], strlen(urls[i])) == 0;
	}
	assert_true(seen[0] > 0 && seen[1] > 0);
	assert_int_equal(seen[0] + seen[1], 40);
}

static void a_304_merges_validators(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct store_note note;

	world_sql(w, "INSERT INTO validator (feed_id, etag) VALUES (1, x'30')");
	memset(&note, 0, sizeof(note));
	note.feed_id = feed;
	note.now_s = w->now_s;
	note.state.next_poll_s = w->now_s + HOUR;
	note.renewal = STORE_RENEW_VALIDATORS;
	note.validators.url = mem_strdup("https://e.org/feed");
	note.validators.etag = mem_strdup("\"1\"");
	note.validators.etag_length = 3;
	note.validators.last_modified = mem_strdup("then");
	note.validators.last_modified_length = 4;
	store_note(w->store, &note, on_noted, w);
	world_wait(w);
	assert_false(w->failed);
	note.feed_id = feed;
	note.now_s = w->now_s;
	note.state.next_poll_s = w->now_s + HOUR;
	note.renewal = STORE_MERGE_VALIDATORS;
	note.validators.etag = mem_strdup("\"2\"");
	note.validators.etag_length = 3;
	store_note(w->store, &note, on_noted, w);
	world_wait(w);
	assert_false(w->failed);
	assert_string_equal(
		world_sql(w, "SELECT etag, last_modified FROM validator"), "\"2\"|then");
	store_claim_ids(w->store, &feed, 1, w->now_s, 900, on_claimed, w);
	world_wait(w);
	assert_string_equal(w->text, "https://e.org/feed https://e.org/feed \"2\"");
	assert_string_equal(
		world_sql(w, "SELECT length(recent), next_poll_s FROM poll"), "32|1780003600");
}

/* What the server sent last is not what we have any more: it must not answer 304. */
static void a_part_that_says_otherwise_forgets_validators(void **state)
{
	static const struct words edited[] = { { .guid = "a", .title = "A, cut" } };
	static const char kept[] = "SELECT etag, body_digest IS NULL FROM validator";
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, two);
	world_sql(w, "INSERT OR REPLACE INTO validator (feed_id, etag, body_digest)"
		     " VALUES (1, x'78', zeroblob(16))");
	world_ingest_doc(w, feed, words_doc(two, 1), false);
	assert_string_equal(world_sql(w, kept), "x|1");
	world_ingest_doc(w, feed, words_doc(edited, 1), false);
	assert_string_equal(world_sql(w, kept), "");
	assert_string_equal(world_list(w, NULL), "2 N B\n1 N+ A, cut\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(what_is_ingested_is_listed_newest_first),
		TEST(a_document_again_changes_nothing),
		TEST(a_mark_outlives_a_restart),
		TEST(an_edit_updates_in_place),
		TEST(the_shell_finds_the_file_sound),
		TEST(a_claim_is_put_ahead),
		TEST(a_probe_is_not_always_the_same),
		TEST(a_304_merges_validators),
		TEST(a_part_that_says_otherwise_forgets_validators),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
