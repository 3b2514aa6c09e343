#include "daemon/store/tokenizer.h"

#include <string.h>

#include "common/utf8.h"
#include "daemon/store/fold.h"

#define TOKEN_MAX 128 /* bytes of a word that count */

typedef int token_fn(void *ctx, int flags, const char *token, int length, int start, int end);

struct walk {
	const char *text;
	size_t length, at;
	bool document; /* else a query */
	token_fn *token;
	void *ctx;
};

/* The next character without moving on; 0 at the end. */
static size_t peek(const struct walk *walk, uint32_t *out_rune)
{
	unsigned char c;

	if (walk->at >= walk->length)
		return 0;
	c = (unsigned char)walk->text[walk->at];
	if (c < 0x80) {
		*out_rune = c;
		return 1;
	}
	return utf8_decode(walk->text + walk->at, walk->length - walk->at, out_rune);
}

/* A word of letters; the walk stands at its first. */
static int take_word(struct walk *walk)
{
	char token[TOKEN_MAX + FOLD_MAX];
	size_t start = walk->at, end = start, size;
	unsigned length = 0;
	uint32_t rune;

	while ((size = peek(walk, &rune)) != 0) {
		enum fold_kind kind = fold_kind(rune);

		if (kind != FOLD_LETTER && kind != FOLD_MARK)
			break;
		if (length < TOKEN_MAX && kind == FOLD_LETTER)
			length += fold_rune(rune, token + length);
		walk->at += size;
		end = walk->at;
	}
	if (length == 0)
		return SQLITE_OK;
	return walk->token(walk->ctx, 0, token, (int)length, (int)start, (int)end);
}

/* One symbol; the marks behind it are skipped like blanks. */
static int take_symbol(struct walk *walk)
{
	char token[FOLD_MAX];
	size_t start = walk->at;
	uint32_t rune;
	unsigned length;

	walk->at += peek(walk, &rune);
	length = fold_rune(rune, token);
	return walk->token(walk->ctx, 0, token, (int)length, (int)start, (int)walk->at);
}

/* A run of a script without spaces: overlapping pairs. */
static int take_packed(struct walk *walk)
{
	char pair[2 * FOLD_MAX];
	size_t first = walk->at, size;
	unsigned length = 0, second = 0;
	bool any = false;
	uint32_t rune;
	int result;

	/* pair[0, second) is the character before, from `first` on. */
	while ((size = peek(walk, &rune)) != 0) {
		enum fold_kind kind = fold_kind(rune);
		size_t start = walk->at;

		if (kind != FOLD_PACKED && kind != FOLD_MARK)
			break;
		walk->at += size;
		if (kind == FOLD_MARK)
			continue;
		length = second + fold_rune(rune, pair + second);
		if (second != 0) {
			result = walk->token(
				walk->ctx, 0, pair, (int)length, (int)first, (int)walk->at);
			if (result != SQLITE_OK)
				return result;
			any = true;
			memmove(pair, pair + second, length - second);
		}
		second = length - second;
		first = start;
	}
	if (any && !walk->document)
		return SQLITE_OK;
	return walk->token(walk->ctx, any ? FTS5_TOKEN_COLOCATED : 0, pair, (int)second, (int)first,
		(int)walk->at);
}

static int tokenize(Fts5Tokenizer *tokenizer, void *ctx, int flags, const char *text, int length,
	token_fn *token)
{
	struct walk walk = { text, (size_t)length, 0, (flags & FTS5_TOKENIZE_QUERY) == 0, token,
		ctx };
	int result = SQLITE_OK;
	size_t size;
	uint32_t rune;

	(void)tokenizer;
	while (result == SQLITE_OK && (size = peek(&walk, &rune)) != 0) {
		enum fold_kind kind = fold_kind(rune);

		if (kind == FOLD_LETTER)
			result = take_word(&walk);
		else if (kind == FOLD_PACKED)
			result = take_packed(&walk);
		else if (kind == FOLD_SYMBOL)
			result = take_symbol(&walk);
		else
			walk.at += size;
	}
	return result;
}

/* It has no state; FTS5 wants a pointer. */
static int create(void *ctx, const char **arguments, int count, Fts5Tokenizer **out)
{
	(void)arguments;
	(void)count;
	*out = ctx;
	return SQLITE_OK;
}

static void destroy(Fts5Tokenizer *tokenizer)
{
	(void)tokenizer;
}

fts5_api *tokenizer_fts5(sqlite3 *handle)
{
	fts5_api *api = NULL;
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(handle, "SELECT fts5(?1)", -1, &statement, NULL) != SQLITE_OK)
		return NULL;
	sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", NULL);
	sqlite3_step(statement);
	sqlite3_finalize(statement);
	return api;
}

int tokenizer_register(sqlite3 *handle, struct err *err)
{
	static char nothing;
	fts5_tokenizer tokenizer = { create, destroy, tokenize };
	fts5_api *api = tokenizer_fts5(handle);

	if (api == NULL)
		return err_set(err, ERR_FAILED, "this SQLite has no full-text search (FTS5)");
	if (api->xCreateTokenizer(api, "feedd", &nothing, &tokenizer, NULL) != SQLITE_OK)
		return err_set(err, ERR_FAILED, "store: %s", sqlite3_errmsg(handle));
	return 0;
}
