#include "world.h"
#include "daemon/store/store_copies.h"

/* Which of several backups takes the store's place. */

static char copied[256];

static void on_copied(void *ctx, const char *path, const struct err *err)
{
	snprintf(copied, sizeof(copied), "%s", path != NULL ? path : "");
	world_answer(ctx, err);
}

static void shell(struct world *w, const char *words)
{
	char *command = mem_printf("cd %s && %s", w->dir, words);

	assert_int_equal(system(command), 0);
	free(command);
}

static void put_aside(struct world *w, const char *name)
{
	char *words = mem_printf("mkdir -p backup && sqlite3 feedd.db '.backup copy' && "
				 "mv copy backup/%s",
		name);

	shell(w, words);
	free(words);
}

static void push(struct world *w, int64_t feed_id, const char *guid)
{
	const struct words some[] = { { .guid = guid, .title = guid } };

	INGEST(w, feed_id, some);
}

/* The store is lost; what is made of its backups is open then. */
static void recover(struct world *w)
{
	struct buf words;
	struct err err;

	world_close(w);
	shell(w, "rm feedd.db*");
	buf_init(&words, 1 << 16);
	if (store_recover(w->dir, &words, &err) < 0)
		fail_msg("%s", err.text);
	buf_release(&words);
	world_open(w);
}

static void what_is_inside_decides_and_not_the_name(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	push(w, feed, "1");
	put_aside(w, "old-before-move.db");
	push(w, feed, "2");
	put_aside(w, "feedd-20991231T000000Z.db");
	push(w, feed, "3");
	put_aside(w, "feedd-20260528T000000Z.db");
	push(w, feed, "4");
	put_aside(w, "zoo.db");
	recover(w);
	assert_int_equal(world_count(w, NULL), 3);
}

/* What was done since the copy of the day is in the one from before an upgrade. */
static void a_copy_from_before_an_upgrade_counts_like_one_of_a_day(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	push(w, feed, "1");
	put_aside(w, "feedd-20260603T000000Z.db");
	push(w, feed, "2");
	put_aside(w, "before-schema-9.db");
	recover(w);
	assert_int_equal(world_count(w, NULL), 2);
	push(w, feed, "3");
	put_aside(w, "feedd-20260604T000000Z.db");
	recover(w);
	assert_int_equal(world_count(w, NULL), 3);
}

static void a_file_that_feedd_did_not_make_is_better_than_nothing(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	push(w, feed, "1");
	put_aside(w, "old-before-move.db");
	push(w, feed, "2");
	put_aside(w, "feedd-20260528T000000Z.db");
	shell(w,
		"printf garbage | dd of=backup/feedd-20260528T000000Z.db conv=notrunc status=none");
	recover(w);
	assert_int_equal(world_count(w, NULL), 1);
}

/* Whoever put an older copy back wants what came of that. */
static void what_went_on_from_a_copy_comes_before_what_was_copied(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	char *words;

	push(w, feed, "1");
	store_backup(w->store, on_copied, w);
	world_wait(w);
	push(w, feed, "2");
	push(w, feed, "3");
	push(w, feed, "4");
	put_aside(w, "feedd-20260528T000000Z.db");
	world_close(w);
	words = mem_printf("rm feedd.db* && mv %s feedd.db", copied);
	shell(w, words);
	free(words);
	world_open(w);
	push(w, feed, "5");
	put_aside(w, "feedd-20260527T000000Z.db");
	recover(w);
	assert_int_equal(world_count(w, NULL), 2);
}

static void between_stores_of_nothing_in_common_the_name_decides(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	push(w, feed, "1");
	push(w, feed, "2");
	put_aside(w, "feedd-20260528T000000Z.db");
	world_close(w);
	shell(w, "rm feedd.db* && mv backup earlier");
	world_open(w);
	push(w, world_add(w, "https://e.org/feed"), "3");
	put_aside(w, "feedd-20260529T000000Z.db");
	shell(w, "mv earlier/* backup");
	recover(w);
	assert_int_equal(world_count(w, NULL), 1);
}

static int try_to_recover(struct world *w, struct err *err)
{
	struct buf words;
	int result;

	buf_init(&words, 1 << 16);
	result = store_recover(w->dir, &words, err);
	buf_release(&words);
	return result;
}

/* A store that nobody may open now can be a sound one. */
static void what_cannot_be_looked_at_stays(void **state)
{
	struct world *w = *state;
	struct err err;

	push(w, world_add(w, "https://e.org/feed"), "1");
	put_aside(w, "feedd-20260528T000000Z.db");
	world_close(w);
	shell(w, "mv feedd.db kept && mkdir feedd.db");
	assert_int_equal(try_to_recover(w, &err), -1);
	assert_int_equal(err.code, ERR_UNSAFE);
	shell(w, "rmdir feedd.db && mv kept feedd.db");
	world_open(w);
}

static void what_is_no_store_makes_way_for_one(void **state)
{
	struct world *w = *state;
	struct err err;

	push(w, world_add(w, "https://e.org/feed"), "1");
	put_aside(w, "feedd-20260528T000000Z.db");
	world_close(w);
	shell(w, "rm feedd.db* && sqlite3 feedd.db 'CREATE TABLE x (y)'");
	assert_int_equal(try_to_recover(w, &err), 0);
	shell(w, "test -s feedd.db.damaged-1");
	world_open(w);
	assert_int_equal(world_count(w, NULL), 1);
}

/* "Nothing is there" is no reason to begin anew where something tells of more. */
static void begins_anew(struct world *w, bool expected)
{
	struct store_options options = { .data_dir = w->dir };
	struct store *store;
	struct err err;
	int result = store_open(&w->loop, &options, &store, &err);

	assert_int_equal(result, expected ? 0 : -1);
	if (result == 0)
		store_close(store);
	else
		assert_int_equal(err.code, ERR_DAMAGED);
}

static void no_empty_store_begins_beside_what_is_left_of_one(void **state)
{
	struct world *w = *state;

	push(w, world_add(w, "https://e.org/feed"), "1");
	shell(w, "cp feedd.db-wal journal && test -s journal");
	world_close(w);
	shell(w, "rm feedd.db && mv journal feedd.db-wal");
	begins_anew(w, false);
	shell(w, "rm feedd.db-wal && mkdir backup && echo garbage >backup/feedd-1.db");
	begins_anew(w, false);
	shell(w, "rm -r backup");
	begins_anew(w, true);
	world_open(w);
}

/* ---------------------------------------------- a journal that is cut ---- */

/* A kill leaves all in the journal; some bytes of that are others then: `at` is an
 * arithmetic expression of the shell in which n is its length. */
static void crash_and_damage(struct world *w, const char *at)
{
	char *words;

	shell(w, "rm -rf live && mkdir live && cp feedd.db* live");
	world_close(w);
	words = mem_printf("mv live/* . && n=$(stat -c %%s feedd.db-wal) && printf garbage | "
			   "dd of=feedd.db-wal bs=1 seek=$((%s)) conv=notrunc status=none",
		at);
	shell(w, words);
	free(words);
}

/* What --recover says, the caller's to free(); what it made is open then. */
static char *told_by_recover(struct world *w)
{
	struct buf words;
	struct err err;
	char *told;

	buf_init(&words, 1 << 16);
	if (store_recover(w->dir, &words, &err) < 0)
		fail_msg("%s", err.text);
	told = mem_strdup(words.data);
	buf_release(&words);
	world_open(w);
	return told;
}

static void has(const char *told, const char *words)
{
	if (strstr(told, words) == NULL)
		fail_msg("no \"%s\" in: %s", words, told);
}

static void that_nothing_is_left_is_said(void **state)
{
	static const char *const damages[] = { "0", "n / 2" };
	struct world *w = *state;
	char *told;
	size_t i;

	for (i = 0; i < 2; i++) {
		push(w, world_add(w, "https://e.org/feed"), "1");
		crash_and_damage(w, damages[i]);
		shell(w, "echo '<outline xmlUrl=\"https://e.org/feed\"/>' >subscriptions.opml");
		told = told_by_recover(w);
		has(told, "left are 0 feeds, 0 items\nall is lost");
		has(told, i == 0 ? "subscriptions-1.opml" : "subscriptions-2.opml");
		has(told, "damaged-1-wal");
		free(told);
		assert_int_equal(world_count(w, NULL), 0);
		shell(w, "test -s feedd.db.damaged-1-wal && rm feedd.db.damaged*");
	}
}

static void where_nothing_is_left_a_backup_takes_its_place(void **state)
{
	struct world *w = *state;
	char *told;

	push(w, world_add(w, "https://e.org/feed"), "1");
	put_aside(w, "feedd-20260528T000000Z.db");
	push(w, w->id, "2");
	crash_and_damage(w, "0");
	told = told_by_recover(w);
	has(told, "feedd-20260528T000000Z.db: 1 feeds, 1 items");
	free(told);
	assert_int_equal(world_count(w, NULL), 1);
}

static void what_stood_before_the_damage_is_left_and_counted(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	char *told;

	put_aside(w, "feedd-20260528T000000Z.db");
	push(w, feed, "1");
	push(w, feed, "2");
	crash_and_damage(w, "n - 5000");
	told = told_by_recover(w);
	has(told, "left are 1 feeds, ");
	has(told, "items, the last of them of 2026-");
	assert_null(strstr(told, "all is lost"));
	free(told);
	/* The index commits behind them. */
	assert_in_range(world_count(w, NULL), 1, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_inside_decides_and_not_the_name),
		TEST(a_copy_from_before_an_upgrade_counts_like_one_of_a_day),
		TEST(a_file_that_feedd_did_not_make_is_better_than_nothing),
		TEST(what_went_on_from_a_copy_comes_before_what_was_copied),
		TEST(between_stores_of_nothing_in_common_the_name_decides),
		TEST(what_cannot_be_looked_at_stays),
		TEST(what_is_no_store_makes_way_for_one),
		TEST(no_empty_store_begins_beside_what_is_left_of_one),
		TEST(that_nothing_is_left_is_said),
		TEST(where_nothing_is_left_a_backup_takes_its_place),
		TEST(what_stood_before_the_damage_is_left_and_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
