#include "daemon/store/around.h"

#include <stdbool.h>
#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/tokenizer.h"

#define WORDS 24 /* of the text, at most */
#define MORE "\xE2\x80\xA6"

/* So many words from the first on; the places are those of words. */
struct window {
	int first, last; /* of what was found in it */
	int score;
};

/* How the windows that begin with a hit are gone through: each hit comes in once, and
 * leaves once. */
struct slide {
	const Fts5ExtensionApi *api;
	Fts5Context *fts;
	int column;
	int *found; /* of each phrase, in the window */
	int kinds;  /* phrases of which there is one */
	int hits;
};

/* The next one in the column from *at on. */
static bool hit_at(const struct slide *slide, int *at, int count, int *out_phrase, int *out_place)
{
	int column;

	for (; *at < count; (*at)++)
		if (slide->api->xInst(slide->fts, *at, out_phrase, &column, out_place) ==
				SQLITE_OK &&
			column == slide->column)
			return true;
	return false;
}

static struct window best_window(struct slide *slide, int count)
{
	struct window best = { -1, -1, 0 };
	int from = 0, to = 0, last = 0, phrase, place, other, behind;

	for (; hit_at(slide, &from, count, &phrase, &place); from++) {
		while (hit_at(slide, &to, count, &other, &behind) && behind < place + WORDS) {
			slide->kinds += slide->found[other]++ == 0;
			slide->hits++;
			last = behind + slide->api->xPhraseSize(slide->fts, other);
			to++;
		}
		/* That all of them are there is more than how often. */
		if (slide->kinds * 1000 + slide->hits > best.score)
			best = (struct window){ place, last, slide->kinds * 1000 + slide->hits };
		slide->kinds -= --slide->found[phrase] == 0;
		slide->hits--;
	}
	return best;
}

/* The bytes of some words. */
struct cut {
	int word, first;
	int from, to; /* -1: not met */
	bool more;
};

static int on_word(void *ctx, int flags, const char *word, int length, int from, int to)
{
	struct cut *cut = ctx;

	(void)word;
	(void)length;
	if ((flags & FTS5_TOKEN_COLOCATED) != 0)
		return SQLITE_OK;
	if (cut->word == cut->first + WORDS) {
		cut->more = true;
		return SQLITE_DONE;
	}
	if (cut->word == cut->first)
		cut->from = from;
	if (cut->word >= cut->first)
		cut->to = to;
	cut->word++;
	return SQLITE_OK;
}

/* What was found stands in the middle, but at the text's ends. */
static int first_word(const struct window *window, int words)
{
	int first = window->first - (WORDS - (window->last - window->first)) / 2;

	if (first > words - WORDS)
		first = words - WORDS;
	return first > 0 ? first : 0;
}

static int tell(sqlite3_context *context, const struct slide *slide, const struct window *window)
{
	struct cut cut = { 0, 0, -1, -1, false };
	const char *text;
	char *told;
	int length, words, result;

	result = slide->api->xColumnSize(slide->fts, slide->column, &words);
	if (result == SQLITE_OK)
		result = slide->api->xColumnText(slide->fts, slide->column, &text, &length);
	if (result != SQLITE_OK)
		return result;
	cut.first = first_word(window, words);
	result = slide->api->xTokenize(slide->fts, text, length, &cut, on_word);
	if ((result != SQLITE_OK && result != SQLITE_DONE) || cut.from < 0)
		return result == SQLITE_DONE ? SQLITE_OK : result;
	if (cut.first == 0)
		cut.from = 0;
	if (!cut.more)
		cut.to = length;
	told = mem_printf("%s%.*s%s", cut.first > 0 ? MORE : "", cut.to - cut.from, text + cut.from,
		cut.more ? MORE : "");
	sqlite3_result_text(context, told, -1, free);
	return SQLITE_OK;
}

static void around(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *context,
	int count, sqlite3_value **values)
{
	struct slide slide = { .api = api, .fts = fts };
	struct window best;
	int hits, result;

	(void)count;
	slide.column = sqlite3_value_int(values[0]);
	slide.found = MEM_ARRAY((size_t)api->xPhraseCount(fts) + 1, int);
	result = api->xInstCount(fts, &hits);
	if (result == SQLITE_OK) {
		best = best_window(&slide, hits);
		if (best.first >= 0)
			result = tell(context, &slide, &best);
	}
	free(slide.found);
	if (result != SQLITE_OK)
		sqlite3_result_error_code(context, result);
}

int around_register(sqlite3 *handle, struct err *err)
{
	fts5_api *api = tokenizer_fts5(handle);

	if (api == NULL || api->xCreateFunction(api, "around", NULL, around, NULL) != SQLITE_OK)
		return err_set(err, ERR_FAILED, "store: %s", sqlite3_errmsg(handle));
	return 0;
}
