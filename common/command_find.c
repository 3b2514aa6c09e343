#include "common/command.h"

#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/near.h"

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

/* What other programs call it. */
static const char *called_elsewhere(const char *typed)
{
	static const struct {
		const char *name, *words;
	} table[] = {
		{ "add", " subscribe sub follow " },
		{ "remove", " unsubscribe rm del delete " },
		{ "list", " ls items search find unread " },
		{ "feeds", " subscriptions " },
		{ "show", " read view cat " },
		{ "refresh", " update fetch reload sync poll " },
		{ "watch", " tail " },
		{ "explain", " info " },
		{ "set", " edit config " },
		{ "rule", " filter " },
	};
	char word[32];

	if (strchr(typed, ' ') != NULL ||
		snprintf(word, sizeof(word), " %s ", typed) >= (int)sizeof(word))
		return NULL;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strstr(table[i].words, word) != NULL)
			return table[i].name;
	return NULL;
}

/* The nearest name, if it is so near that it may have been meant. */
static const char *nearest(const char *typed)
{
	const char *name = called_elsewhere(typed);
	struct near near;
	size_t i;

	if (name != NULL)
		return name;
	near_begin(&near, typed);
	for (i = 0; i < COMMANDS; i++)
		near_try(&near, command_table[i].name);
	return near.best;
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
