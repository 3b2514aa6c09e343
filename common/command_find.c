#include "common/command.h"

#include <stdint.h>
#include <string.h>

#include "common/buf.h"

#define NAME_MAX_BYTES 32u

/* Whether each word of `typed` begins the word of `name` at its place:
 * "q a" fits "query add", and so does "query". */
static bool fits(const char *typed, const char *name)
{
	while (*typed != '\0') {
		if (*typed == *name) {
			typed++;
			name++;
			continue;
		}
		if (*typed != ' ')
			return false;
		name += strcspn(name, " ");
		if (*name == '\0')
			return false;
	}
	return true;
}

/*
 * How many letters must be put in, taken out, replaced or swapped with their
 * neighbour (optimal string alignment).  Names too long for it are far away.
 */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][NAME_MAX_BYTES + 1];
	size_t *before = rows[0], *last = rows[1], *now = rows[2], *spare;
	size_t m = strlen(a), n = strlen(b), i, j;

	if (m > NAME_MAX_BYTES || n > NAME_MAX_BYTES)
		return SIZE_MAX;
	for (j = 0; j <= n; j++)
		last[j] = j;
	for (i = 1; i <= m; i++) {
		now[0] = i;
		for (j = 1; j <= n; j++) {
			size_t best = last[j - 1] + (a[i - 1] != b[j - 1] ? 1 : 0);

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
				before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[n];
}

/* The nearest name, if it is so near that it may have been meant. */
static const char *nearest(const char *typed)
{
	const char *near = NULL;
	size_t best = strlen(typed) <= 3 ? 2 : 3; /* to be beaten */
	size_t i, d;

	for (i = 0; i < COMMANDS; i++) {
		d = distance(typed, command_table[i].name);
		if (d < best) {
			best = d;
			near = command_table[i].name;
		}
	}
	return near;
}

static int several(const char *typed, struct err *err)
{
	struct buf names;
	size_t i;

	buf_init(&names, 400);
	for (i = 0; i < COMMANDS; i++) {
		if (fits(typed, command_table[i].name) &&
			buf_printf(&names, "%s%s", names.length > 0 ? ", " : "",
				command_table[i].name) < 0)
			break;
	}
	err_set(err, ERR_USAGE, "\"%s\" may be %s", typed, names.data);
	buf_release(&names);
	return -1;
}

int command_find(const char *name, const struct command **out_command, const char **out_near,
	struct err *err)
{
	const struct command *found = NULL;
	size_t i, count = 0;

	for (i = 0; i < COMMANDS; i++) {
		const struct command *command = &command_table[i];

		if (strcmp(name, command->name) == 0) {
			*out_command = command;
			return 1;
		}
		if (name[0] != '\0' && fits(name, command->name)) {
			found = command;
			count++;
		}
	}
	if (count > 1)
		return several(name, err);
	if (count == 1) {
		*out_command = found;
		return 1;
	}
	if (out_near != NULL)
		*out_near = nearest(name);
	return 0;
}

const struct command *command_by_method(const char *method)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		if (command_table[i].method != NULL && strcmp(command_table[i].method, method) == 0)
			return &command_table[i];
	}
	return NULL;
}

static bool same_name(const char *a, const char *b)
{
	for (; *a != '\0' && *b != '\0'; a++, b++) {
		if (*a != *b && !(*a == '_' && *b == '-') && !(*a == '-' && *b == '_'))
			return false;
	}
	return *a == *b;
}

const struct param *command_param(const struct command *command, const char *name)
{
	size_t i;

	for (i = 0; i < command->param_count; i++) {
		if (same_name(command->params[i].name, name))
			return &command->params[i];
	}
	return NULL;
}
