#include "ctl/help.h"

#include <stdio.h>
#include <string.h>

#include "common/command.h"
#include "common/buf.h"
#include "ctl/ctl.h"
#include "ctl/width.h"

/* Columns that option names take. */
#define LEFT 26

static void put_param(struct out *out, const struct param *p)
{
	switch (p->kind) {
	case PARAM_REQUIRED:
		out_printf(out, " %s", p->meta);
		break;
	case PARAM_OPTIONAL:
		out_printf(out, " [%s]", p->meta);
		break;
	case PARAM_MANY:
		out_printf(out, " %s…", p->meta);
		break;
	case PARAM_ANY:
		out_printf(out, " [%s…]", p->meta);
		break;
	case PARAM_REST:
		out_printf(out, " [--%s %s [ARG…]]", p->name, p->meta);
		break;
	case PARAM_OPTION:
	case PARAM_LIST:
	case PARAM_FLAG:
	default:
		break;
	}
}

static bool is_option(const struct param *p)
{
	return p->scope != SCOPE_CALL && p->kind > PARAM_REST;
}

static void put_usage(struct out *out, const struct command *command)
{
	bool options = false;

	out_printf(out, "usage: feedctl %s", command->name);
	for (size_t i = 0; i < command->param_count; i++)
		options = options || is_option(&command->params[i]);
	if (options)
		out_text(out, " [options]");
	for (size_t i = 0; i < command->param_count; i++) {
		if (command->params[i].scope != SCOPE_CALL)
			put_param(out, &command->params[i]);
	}
	out_text(out, "\n");
}

/* "  --name META" and the help, on one line as long as there is room. */
static void put_option(struct out *out, const struct param *p)
{
	char left[64];
	int n;

	if (strcmp(p->name, "limit") == 0)
		n = snprintf(left, sizeof(left), "-n, --limit %s", p->meta);
	else if (strcmp(p->name, "help") == 0)
		n = snprintf(left, sizeof(left), "-h, --help");
	else if (strcmp(p->name, "null") == 0)
		n = snprintf(left, sizeof(left), "-0, --null");
	else
		n = snprintf(left, sizeof(left), "--%s%s%s%s", p->name, p->meta != NULL ? " " : "",
			p->meta != NULL ? p->meta : "",
			p->kind == PARAM_LIST   ? "…"
			: p->kind == PARAM_REST ? " [ARG…]"
						: "");
	if (n < 0)
		return;
	out_text(out, "  ");
	width_put(out, left, strlen(left), LEFT, true, false);
	out_printf(out, " %s\n", p->help);
}

static void put_command(struct out *out, const struct command *command)
{
	bool titled = false;

	put_usage(out, command);
	out_printf(out, "\n%s.\n", command->help);
	for (size_t i = 0; i < command->param_count; i++) {
		const struct param *p = &command->params[i];

		if (p->kind > PARAM_ANY || p->scope == SCOPE_CALL)
			continue;
		if (!titled)
			out_text(out, "\n");
		titled = true;
		out_text(out, "  ");
		width_put(out, p->meta, strlen(p->meta), LEFT, true, false);
		out_printf(out, " %s%s\n", p->help,
			(p->type == TYPE_ITEM || p->type == TYPE_FEED) && p->kind >= PARAM_MANY
				? " (- reads them from standard input)"
				: "");
	}
	titled = false;
	for (size_t i = 0; i < command->param_count; i++) {
		const struct param *p = &command->params[i];

		if (p->scope == SCOPE_CALL || p->kind < PARAM_REST)
			continue;
		if (!titled)
			out_text(out, "\noptions:\n");
		titled = true;
		put_option(out, p);
	}
}

/* Of one command those that it takes, of NULL all. */
static void put_globals(struct out *out, const struct command *command)
{
	out_text(out, command != NULL
			      ? "\ncommon options:\n"
			      : "\ncommon options, of which export and others that print no rows "
				"take no --json, --format,\n--fields and --into:\n");
	for (size_t i = 0; i < command_global_count; i++)
		if (command == NULL || args_takes(command, command_globals[i].name))
			put_option(out, &command_globals[i]);
}

static void put_line(struct out *out, const struct command *command)
{
	out_text(out, "  ");
	width_put(out, command->name, strlen(command->name), 14, true, false);
	out_printf(out, " %s\n", command->help);
}

static void put_all(struct out *out)
{
	out_text(out, "usage: feedctl [COMMAND] [options] [ARG…]\n\n"
		      "Read and look after the feeds that feedd keeps.\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		put_line(out, &command_table[i]);
	put_globals(out, NULL);
	out_text(out, "\n`feedctl help COMMAND` tells more; the manual is feedctl(1).\n");
}

/* The commands of two words that begin with this one. */
static bool put_family(struct out *out, const char *word)
{
	size_t length = strlen(word);
	bool found = false;

	for (size_t i = 0; i < COMMANDS; i++) {
		if (strncmp(command_table[i].name, word, length) == 0 &&
			command_table[i].name[length] == ' ') {
			put_usage(out, &command_table[i]);
			out_printf(out, "       %s.\n", command_table[i].help);
			found = true;
		}
	}
	return found;
}

int help_print(struct out *out, const char *name, struct err *err)
{
	const struct command *command;
	const char *near;
	int found;

	if (name == NULL) {
		put_all(out);
		return 0;
	}
	if (strchr(name, ' ') == NULL && put_family(out, name))
		return 0;
	found = command_find(name, &command, &near, err);
	if (found < 0) {
		err->code = ERR_USAGE;
		return -1;
	}
	if (found == 0)
		return near != NULL
			       ? err_set(err, ERR_USAGE, "there is no command %s; did you mean %s?",
					 name, near)
			       : err_set(err, ERR_USAGE,
					 "there is no command %s; see `feedctl help`", name);
	put_command(out, command);
	put_globals(out, command);
	return 0;
}

int run_help(struct ctl *ctl, struct err *err)
{
	struct buf name;
	const char *word;
	size_t at = 0;
	int result = 0;

	buf_init(&name, 4096);
	while (result == 0 && (word = args_next(&ctl->args, "command", &at)) != NULL) {
		if ((name.length > 0 && buf_add_byte(&name, ' ') < 0) ||
			buf_add_text(&name, word) < 0)
			result = err_set(err, ERR_USAGE, "there is no such command");
	}
	if (result == 0)
		result = help_print(&ctl->out, name.length > 0 ? name.data : NULL, err);
	buf_release(&name);
	return result;
}

int run_completion(struct ctl *ctl, struct err *err)
{
	return completion_print(&ctl->out, args_value(&ctl->args, "shell"), err);
}
