#ifndef TESTS_UNIT_STORE_DUMPED_H
#define TESTS_UNIT_STORE_DUMPED_H

#include "restored.h"

/* For tests of what is written down of a store, and of what another one makes of it. */

static inline int on_piece(void *ctx, const char *text, size_t length)
{
	struct world *w = ctx;
	size_t used = strlen(w->text);

	assert_true(used + length < sizeof(w->text));
	memcpy(w->text + used, text, length);
	w->text[used + length] = '\0';
	return 0;
}

static inline char *dump(struct world *w, bool secrets)
{
	w->text[0] = '\0';
	store_dump(w->store, secrets, on_piece, on_page, w);
	world_wait(w);
	if (w->failed)
		fail_msg("%s", w->err.text);
	return mem_strdup(w->text);
}

static inline void on_rule(void *ctx, int64_t rule_id, const struct err *err)
{
	(void)rule_id;
	world_answer(ctx, err);
}

/* An empty store in its place. */
static inline void renew(struct world *w)
{
	char *command = mem_printf("rm -rf %s/*", w->dir);

	world_close(w);
	assert_int_equal(system(command), 0);
	free(command);
	world_open(w);
}

#endif
