#include "world.h"

#include <locale.h>

/* Stores that older programs wrote, brought up to date step by step. */

static void shell(const struct world *w, const char *words)
{
	char *command = mem_printf("cd %s && %s", w->dir, words);

	assert_int_equal(system(command), 0);
	free(command);
}

/* The store of an older program in the place of ours. */
static void put_old(struct world *w, int version)
{
	char *words = mem_printf("rm -f feedd.db*; umask 077; sqlite3 feedd.db < " SOURCE_DIR
				 "/tests/unit/store/schema-%d.sql",
		version);

	world_close(w);
	shell(w, words);
	free(words);
}

static const char *newest_version(struct world *w)
{
	return world_sql(w, "PRAGMA user_version");
}

static void schema_1_comes_up_with_all_that_is_in_it(void **state)
{
	struct world *w = *state;
	char version[16];

	snprintf(version, sizeof(version), "%.15s", newest_version(w));
	put_old(w, 1);
	assert_string_equal(newest_version(w), "1");
	world_open(w);
	assert_string_equal(newest_version(w), version);
	assert_string_equal(world_list(w, NULL),
		"3 R Third story\n2 N+ Second story\n1 N* \xd0\x81\xd0\xbb\xd0\xba\xd0\xb0 in "
		"Z\xc3\xbcrich\n");
	assert_string_equal(world_sql(w, "SELECT tag FROM item_tag WHERE item_id = 2"), "Later");
	assert_string_equal(world_sql(w, "SELECT name FROM query"), "swiss");
	assert_string_equal(world_sql(w, "PRAGMA foreign_key_check"), "");
	store_undo(w->store, w->now_s, on_changed, w);
	world_wait(w);
	assert_int_equal(w->number, 1);
}

/* The same tables, columns and indexes as in a store that was new today. */
static void an_old_store_becomes_what_a_new_one_is(void **state)
{
	static const char schema[] =
		"SELECT m.type, m.name, (SELECT group_concat(c.name || c.type || c.\\\"notnull\\\")"
		" FROM pragma_table_info(m.name) c) FROM sqlite_schema m"
		" WHERE m.name NOT LIKE 'search%' ORDER BY m.type, m.name";
	struct world *w = *state;
	char *fresh = mem_strdup(world_sql(w, schema));

	put_old(w, 1);
	world_open(w);
	assert_string_equal(world_sql(w, schema), fresh);
	free(fresh);
}

/* Older programs left those to rest whose other feed was removed. */
static void who_rests_for_no_other_feed_is_looked_at_again(void **state)
{
	struct world *w = *state;

	put_old(w, 1);
	shell(w, "sqlite3 feedd.db \"UPDATE poll SET paused = 1, move_seen = 0,"
		 " move_to = 'https://gone.example/'\"");
	world_open(w);
	assert_string_equal(
		world_sql(w, "SELECT DISTINCT paused, coalesce(move_to, '-') FROM poll"), "0|-");
}

static void the_index_goes_on_after_an_upgrade(void **state)
{
	static const struct words fourth[] = {
		{ .guid = "n4",
			.title = "Fourth story",
			.text = "of a tree, too",
			.published_s = NOW },
	};
	struct world *w = *state;
	struct store_filter filter;

	put_old(w, 1);
	world_open(w);
	INGEST(w, 1, fourth);
	world_wait_for_index(w);
	filter_any(&filter);
	filter.match = "tree";
	(void)world_list(w, &filter);
	assert_non_null(strstr(w->text, "1 N* "));
	assert_non_null(strstr(w->text, "4 N Fourth story\n"));
}

/* Of its items nothing is known but what their rows say, which is enough. */
static void an_old_item_takes_a_correction(void **state)
{
	static const struct words third[] = {
		{ .guid = "n3",
			.url = "https://news.example/3",
			.title = "Third story",
			.plain = "about \xe6\x9d\xb1\xe4\xba\xac tower",
			.enclosure = "https://news.example/3.mp3",
			.published_s = 1780480800 },
	};
	struct world *w = *state;

	put_old(w, 1);
	world_open(w);
	INGEST(w, 1, third);
	assert_int_equal(w->delta.fresh + w->delta.changed, 0);
	assert_string_equal(
		world_sql(w, "SELECT revision, read, attachments -> 0 ->> 'url' FROM item"
			     " WHERE id = 3"),
		"1|1|https://news.example/3.mp3");
}

/* What it was found by was made of the link as it was spelled. */
static void an_old_item_is_found_by_its_link_in_any_spelling(void **state)
{
	static const char *const links[] = { "https://news.example/caf%c3%a9?pk_kwd=x",
		"https://news.example/caf\xc3\xa9", "http://news.example/caf%C3%A9/" };
	struct world *w = *state;
	size_t i;

	put_old(w, 1);
	shell(w, "sqlite3 feedd.db \"UPDATE item SET url ="
		 " 'https://news.example/caf%c3%a9?pk_kwd=x' WHERE id = 3\"");
	world_open(w);
	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		world_mark(w, i % 2 == 0 ? STORE_STAR : STORE_UNSTAR, links[i], NULL);
		assert_int_equal(w->number, 1);
	}
	world_mark(w, STORE_UNSTAR, "https://news.example/1", NULL);
	assert_int_equal(w->number, 1);
}

/* Its feed gives it another id and spells its link anew, and it has no date. */
static void nor_does_an_old_item_come_again_by_it(void **state)
{
	static const struct words third[] = { { .guid = "another",
		.url = "https://news.example/caf%C3%A9",
		.title = "Third story",
		.text = "about a tower, and more" } };
	struct world *w = *state;

	put_old(w, 1);
	shell(w, "sqlite3 feedd.db \"UPDATE item SET url ="
		 " 'https://news.example/caf%c3%a9?pk_kwd=x' WHERE id = 3\"");
	world_open(w);
	INGEST(w, 1, third);
	assert_int_equal(w->delta.fresh, 0);
	assert_int_equal(w->delta.rekeyed, 1);
	assert_int_equal(world_count(w, NULL), 3);
}

/* By its host in other letters, too. */
static void nor_by_the_name_of_its_host(void **state)
{
	static const struct words third[] = { { .guid = "another",
		.url = "https://xn--bcher-kva.example/3",
		.title = "Third story",
		.text = "about a tower, and more" } };
	struct world *w = *state;

	put_old(w, 1);
	shell(w, "sqlite3 feedd.db \"UPDATE item SET url ="
		 " 'https://b\xc3\xbc"
		 "cher.example/3' WHERE id = 3\"");
	world_open(w);
	world_mark(w, STORE_STAR, third[0].url, NULL);
	assert_int_equal(w->number, 1);
	INGEST(w, 1, third);
	assert_int_equal(w->delta.fresh, 0);
	assert_int_equal(w->delta.rekeyed, 1);
	assert_int_equal(world_count(w, NULL), 3);
}

/* Nor one that has its link for an id, whatever else is another. */
static void nor_does_one_that_has_no_id(void **state)
{
	static const struct words third[] = { { .url = "https://www.news.example/3/" } };
	struct world *w = *state;

	put_old(w, 1);
	shell(w, "sqlite3 feedd.db \"UPDATE item SET guid = NULL,"
		 " url = 'http://news.example/3' WHERE id = 3\"");
	world_open(w);
	INGEST(w, 1, third);
	assert_int_equal(w->delta.fresh, 0);
	assert_int_equal(w->delta.rekeyed, 1);
	assert_int_equal(world_count(w, NULL), 3);
}

/* One look at the file decides, before a byte of it is written. */
static void an_upgrade_keeps_a_copy_of_what_was(void **state)
{
	struct world *w = *state;

	put_old(w, 1);
	world_open(w);
	world_close(w);
	shell(w, "test \"$(sqlite3 backup/*.db 'PRAGMA user_version')\" = 1");
	shell(w, "test \"$(sqlite3 backup/*.db 'SELECT count(*) FROM item')\" = 3");
	world_open(w);
}

/* In the place of the store it begins a history of its own, like any other copy. */
static void what_came_after_that_copy_is_no_cursor_of_it(void **state)
{
	static const struct words item[] = { { .guid = "1", .title = "One" } };
	struct world *w = *state;
	char cursor[STORE_CURSOR_MAX];
	struct err err;
	uint64_t seq;

	world_close(w);
	shell(w, "sqlite3 feedd.db 'PRAGMA legacy_alter_table = ON; DROP INDEX poll_merged;"
		 " ALTER TABLE poll DROP COLUMN crashes; ALTER TABLE backfill DROP COLUMN mark;"
		 " ALTER TABLE backfill DROP COLUMN tries; DROP INDEX item_untold;"
		 " ALTER TABLE item DROP COLUMN tell_s; ALTER TABLE dropped DROP COLUMN tell_s;"
		 " DROP TABLE ancestor;"
		 " PRAGMA user_version = 6'");
	world_open(w);
	INGEST(w, world_add(w, "https://e.org/feed"), item);
	store_cursor_format(w->store, w->delta.seq, cursor);
	world_close(w);
	shell(w, "mv backup/before-schema-6.db feedd.db; rm -rf backup");
	world_open(w);
	INGEST(w, world_add(w, "https://e.org/feed"), item);
	assert_int_equal(store_cursor_parse(w->store, cursor, &seq, &err), -1);
	assert_int_equal(err.code, ERR_REFUSED);
}

/* Older programs knew the store that it is a copy of, and none before. */
static void an_old_copy_still_knows_its_parents_cursors(void **state)
{
	struct world *w = *state;
	struct err err;
	uint64_t seq;

	world_close(w);
	shell(w, "sqlite3 feedd.db 'DROP TABLE ancestor; PRAGMA user_version = 11;"
		 " UPDATE store SET parent_id = 77, parent_seq = 5'");
	world_open(w);
	assert_int_equal(store_cursor_parse(w->store, "c77.5", &seq, &err), 0);
	assert_int_equal(seq, 5);
	assert_int_equal(store_cursor_parse(w->store, "c77.6", &seq, &err), -1);
	assert_int_equal(store_cursor_parse(w->store, "c0.0", &seq, &err), -1);
}

/* A dump could bring it, and then it was shown. */
static void a_password_in_an_address_goes_where_it_is_not_shown(void **state)
{
	struct world *w = *state;

	world_add(w, "https://e.org/@one/feed?a=b@c");
	world_add(w, "https://e.org/two");
	world_add(w, "https://e.org/three");
	world_add(w, "https://e.org/four");
	world_close(w);
	shell(w,
		"sqlite3 feedd.db \"PRAGMA user_version = 12;"
		" UPDATE feed SET url = 'https://me:SECRET%40@e.org/@two?u=http://x/' WHERE id = 2;"
		" UPDATE feed SET url = 'https://me:SECRET@e.org/@two?u=http://x/', auth = 'a:b'"
		" WHERE id = 3;"
		" UPDATE feed SET url = 'https://me:SECRET@e.org/four#4', removed_s = 1"
		" WHERE id = 4;"
		" UPDATE poll SET effective_url = 'https://me:SECRET@e.org/@two';"
		" INSERT OR REPLACE INTO validator (feed_id, url)"
		" VALUES (2, 'https://me:SECRET@e.org/@two');"
		" INSERT INTO waiting VALUES ('https://me:SECRET@e.org/new', 'g', 'read', 1),"
		" ('https://you:SECRET@e.org/new', 'g', 'read', 1);\"");
	world_open(w);
	assert_string_equal(world_sql(w, "SELECT url, auth FROM feed ORDER BY id"),
		"https://e.org/@one/feed?a=b@c|\n"
		"https://e.org/@two?u=http://x/|me:SECRET@\n"
		"https://3@e.org/@two?u=http://x/|a:b\n"
		"https://e.org/four#4|me:SECRET");
	assert_string_equal(
		world_sql(w, "SELECT DISTINCT effective_url FROM poll"), "https://e.org/@two");
	assert_string_equal(
		world_sql(w, "SELECT url FROM validator WHERE feed_id = 2"), "https://e.org/@two");
	assert_string_equal(
		world_sql(w, "SELECT feed_url, guid FROM waiting"), "https://e.org/new|g");
}

/* Removed ones are there for their starred items; nobody asks for them. */
static void who_is_subscribed_gets_the_address_before_who_was_removed(void **state)
{
	struct world *w = *state;
	char url[32];
	int i;

	for (i = 1; i <= 5; i++) {
		snprintf(url, sizeof(url), "https://e.org/%d", i);
		world_add(w, url);
	}
	world_close(w);
	shell(w, "sqlite3 feedd.db \"PRAGMA user_version = 12;"
		 " UPDATE feed SET removed_s = 1 WHERE id IN (1, 2, 4, 5);"
		 " UPDATE feed SET url = 'https://e.org/f' WHERE id = 1;"
		 " UPDATE feed SET url = 'https://me:SECRET@e.org/f' WHERE id = 2;"
		 " UPDATE feed SET url = 'https://you:SECRET@e.org/f' WHERE id = 3;"
		 " UPDATE feed SET url = 'https://me:SECRET@e.org/g' WHERE id = 4;"
		 " UPDATE feed SET url = 'https://you:SECRET@e.org/g' WHERE id = 5;\"");
	world_open(w);
	assert_string_equal(world_sql(w, "SELECT url, auth FROM feed ORDER BY id"),
		"https://e.org/f#1|\n"
		"https://e.org/f#2|me:SECRET\n"
		"https://e.org/f|you:SECRET\n"
		"https://e.org/g|me:SECRET\n"
		"https://e.org/g#5|you:SECRET");
}

/* However its reader is called: nothing of that keeps a store from being opened. */
static void a_user_who_is_called_like_a_feeds_number_is_in_nobodys_way(void **state)
{
	struct world *w = *state;

	world_add(w, "https://e.org/1");
	world_add(w, "https://e.org/2");
	world_add(w, "https://e.org/3");
	world_close(w);
	shell(w, "sqlite3 feedd.db \"PRAGMA user_version = 12;"
		 " UPDATE feed SET url = 'https://e.org/f' WHERE id = 1;"
		 " UPDATE feed SET url = 'https://me:SECRET@e.org/f' WHERE id = 2;"
		 " UPDATE feed SET url = 'https://2@e.org/f' WHERE id = 3;\"");
	world_open(w);
	assert_string_equal(world_sql(w, "SELECT url FROM feed ORDER BY id"),
		"https://e.org/f\nhttps://2@e.org/f\nhttps://3@e.org/f");
}

static void a_step_that_fails_leaves_the_store_as_it_was(void **state)
{
	struct store_options options = { NULL, 90 * DAY, INT64_MAX, DAY, 0, NULL, NULL };
	struct world *w = *state;
	struct store *store;
	struct err err;

	put_old(w, 1);
	/* A table that a step wants to make is there already. */
	shell(w, "sqlite3 feedd.db 'CREATE TABLE dropped (x)'");
	options.data_dir = w->dir;
	assert_int_equal(store_open(&w->loop, &options, &store, &err), -1);
	assert_string_equal(newest_version(w), "1");
	assert_string_equal(
		world_sql(w, "SELECT count(*) FROM sqlite_schema WHERE name = 'bundle'"), "0");
	assert_string_equal(world_sql(w, "SELECT count(*) FROM item"), "3");
	shell(w, "sqlite3 feedd.db 'DROP TABLE dropped'");
	world_open(w);
	assert_int_equal(world_count(w, NULL), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			schema_1_comes_up_with_all_that_is_in_it, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			an_old_store_becomes_what_a_new_one_is, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(who_rests_for_no_other_feed_is_looked_at_again,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			the_index_goes_on_after_an_upgrade, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			an_old_item_takes_a_correction, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(an_old_item_is_found_by_its_link_in_any_spelling,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			nor_does_an_old_item_come_again_by_it, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			nor_by_the_name_of_its_host, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			nor_does_one_that_has_no_id, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			an_upgrade_keeps_a_copy_of_what_was, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			what_came_after_that_copy_is_no_cursor_of_it, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			an_old_copy_still_knows_its_parents_cursors, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			who_is_subscribed_gets_the_address_before_who_was_removed, world_setup,
			world_teardown),
		cmocka_unit_test_setup_teardown(
			a_user_who_is_called_like_a_feeds_number_is_in_nobodys_way, world_setup,
			world_teardown),
		cmocka_unit_test_setup_teardown(a_password_in_an_address_goes_where_it_is_not_shown,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_step_that_fails_leaves_the_store_as_it_was, world_setup, world_teardown),
	};

	setlocale(LC_CTYPE, "C.UTF-8"); /* as in the daemon, for names of hosts */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
