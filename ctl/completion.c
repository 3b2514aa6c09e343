#include "ctl/completion.h"

#include <string.h>

#include "ctl/help.h"
#include "ctl/params.h"

bool completion_is_option(const struct param *param)
{
	return param->scope != SCOPE_CALL && param->kind >= PARAM_REST;
}

const char *completion_letter(const struct param *param)
{
	static const struct {
		const char *name, *letter;
	} letters[] = { { "limit", "n" }, { "help", "h" }, { "null", "0" } };

	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		if (strcmp(letters[i].name, param->name) == 0)
			return letters[i].letter;
	}
	return NULL;
}

static bool is_word(const struct param *param)
{
	return param->kind <= PARAM_ANY && param->scope != SCOPE_CALL;
}

static enum complete of_word(enum command_id id, const struct param *param)
{
	switch (param->type) {
	case TYPE_FEED:
		return COMPLETE_FEED;
	case TYPE_TAG:
		return COMPLETE_TAG;
	case TYPE_QUERY:
		return id == CMD_QUERY_ADD ? COMPLETE_NOTHING : COMPLETE_QUERY;
	case TYPE_FILE:
		return COMPLETE_FILE;
	case TYPE_ASSIGN:
		return COMPLETE_SETTING;
	default:
		break;
	}
	switch (id) {
	case CMD_PUSH:
		return COMPLETE_PUSH;
	case CMD_STATS:
		return COMPLETE_STAT;
	case CMD_RULE_ADD:
		return param->kind == PARAM_MANY ? COMPLETE_ACTION : COMPLETE_NOTHING;
	case CMD_COMPLETION:
		return COMPLETE_SHELL;
	case CMD_HELP:
		return COMPLETE_COMMAND;
	default:
		return COMPLETE_NOTHING;
	}
}

static enum command_id id_of(const struct command *command)
{
	return (enum command_id)(command - command_table);
}

enum complete completion_of_first(const struct command *command)
{
	for (size_t i = 0; i < command->param_count; i++) {
		if (is_word(&command->params[i]))
			return of_word(id_of(command), &command->params[i]);
	}
	return COMPLETE_NOTHING;
}

enum complete completion_of_rest(const struct command *command)
{
	const struct param *last = NULL;

	for (size_t i = 0; i < command->param_count; i++) {
		if (is_word(&command->params[i]))
			last = &command->params[i];
	}
	if (last == NULL || (last->kind != PARAM_MANY && last->kind != PARAM_ANY))
		return COMPLETE_NOTHING;
	return of_word(id_of(command), last);
}

void completion_put_keys(struct out *out)
{
	const char *at = command_param(&command_table[CMD_SET], "settings")->help;

	while (*at != '\0') {
		int n = (int)strcspn(at, " ");

		out_printf(out, "%.*s=%s", n, at, at[n] != '\0' ? " " : " tags+= tags-=");
		at += n;
		at += strspn(at, " ");
	}
}

enum complete completion_of_value(const struct param *param)
{
	switch (param->type) {
	case TYPE_FEED:
		return COMPLETE_FEED;
	case TYPE_TAG:
		return COMPLETE_TAG;
	case TYPE_SORT:
		return COMPLETE_SORT;
	case TYPE_STATE:
		return COMPLETE_STATE;
	case TYPE_FORMAT:
		return COMPLETE_FORMAT;
	case TYPE_FILE:
		return COMPLETE_FILE;
	default:
		break;
	}
	if (params_may_be_file(param->name))
		return COMPLETE_AT_FILE;
	if (strcmp(param->name, "color") == 0)
		return COMPLETE_COLOR;
	return strcmp(param->name, "group") == 0 ? COMPLETE_GROUP : COMPLETE_NOTHING;
}

const char *completion_words(enum complete kind)
{
	static const char *const words[COMPLETES] = {
		[COMPLETE_SORT] = "-date date -added added -feed feed -title title -rank rank",
		[COMPLETE_STATE] = "ok new failing held paused moved dead gone",
		[COMPLETE_FORMAT] = "table tsv json sfeed urls csv mbox maildir atom jsonfeed html",
		[COMPLETE_COLOR] = "auto always never",
		[COMPLETE_GROUP] = "day feed",
		[COMPLETE_SHELL] = "bash zsh fish",
		[COMPLETE_ACTION] = "mark-read star tag drop",
	};

	return words[kind];
}

static size_t add_takers(const struct param *params, size_t param_count,
	const struct param *takers[COMPLETION_TAKERS_MAX], size_t count)
{
	for (size_t i = 0; i < param_count; i++) {
		const struct param *p = &params[i];
		size_t k = 0;

		if (p->scope == SCOPE_CALL || (p->kind != PARAM_OPTION && p->kind != PARAM_LIST))
			continue;
		while (k < count && strcmp(takers[k]->name, p->name) != 0)
			k++;
		if (k == count && count < COMPLETION_TAKERS_MAX)
			takers[count++] = p;
	}
	return count;
}

size_t completion_takers(const struct param *out_takers[COMPLETION_TAKERS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < COMMANDS; i++)
		count = add_takers(
			command_table[i].params, command_table[i].param_count, out_takers, count);
	return add_takers(command_globals, command_global_count, out_takers, count);
}

void completion_put_takers(struct out *out, const char *between)
{
	const struct param *takers[COMPLETION_TAKERS_MAX];
	size_t count = completion_takers(takers);

	for (size_t i = 0; i < count; i++) {
		out_printf(out, "%s--%s", i > 0 ? between : "", takers[i]->name);
		if (completion_letter(takers[i]) != NULL)
			out_printf(out, "%s-%s", between, completion_letter(takers[i]));
	}
}

void completion_seconds(struct out *out, const char *family)
{
	size_t n = strlen(family);
	bool first = true;

	for (size_t i = 0; i < COMMANDS; i++) {
		const char *name = command_table[i].name;

		if (strncmp(name, family, n) != 0 || name[n] != ' ')
			continue;
		out_printf(out, "%s%s", first ? "" : " ", name + n + 1);
		first = false;
	}
}

int completion_print(struct out *out, const char *shell, struct err *err)
{
	if (strcmp(shell, "bash") == 0)
		completion_print_bash(out);
	else if (strcmp(shell, "zsh") == 0)
		completion_print_zsh(out);
	else if (strcmp(shell, "fish") == 0)
		completion_print_fish(out);
	else
		return err_set(err, ERR_USAGE, "there are completions for bash, zsh and fish");
	return 0;
}
