#include "ctl/args.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/buf.h"
#include "common/near.h"
#include "ctl/columns.h"

struct reading {
	struct args *args;
	int argc;
	char **argv;
	int at;       /* the word that is read */
	bool keep;    /* options are taken; else they are only passed over */
	char **words; /* what is no option, in order */
	size_t word_count;
	struct err *err;
};

static const struct param *global(const char *name, size_t length)
{
	for (size_t i = 0; i < command_global_count; i++) {
		if (strlen(command_globals[i].name) == length &&
			memcmp(command_globals[i].name, name, length) == 0)
			return &command_globals[i];
	}
	return NULL;
}

static bool is_option(const struct param *p)
{
	return p->scope != SCOPE_CALL && p->kind >= PARAM_REST;
}

static const struct param *own(const struct command *command, const char *name, size_t length)
{
	for (size_t i = 0; i < command->param_count; i++) {
		const struct param *p = &command->params[i];

		if (is_option(p) && strlen(p->name) == length && memcmp(p->name, name, length) == 0)
			return p;
	}
	return NULL;
}

/* The option of that name: the command's, else everybody's.  Before the
 * command is known, any command's: a name takes a value everywhere or nowhere. */
static const struct param *option(const struct command *command, const char *name, size_t length)
{
	const struct param *found = NULL;

	if (command != NULL) {
		found = own(command, name, length);
		return found != NULL ? found : global(name, length);
	}
	for (size_t i = 0; i < COMMANDS && found == NULL; i++)
		found = own(&command_table[i], name, length);
	return found != NULL ? found : global(name, length);
}

static const struct param *short_option(const struct command *command, char letter)
{
	switch (letter) {
	case 'n':
		return option(command, "limit", 5);
	case 'h':
		return global("help", 4);
	case '0':
		return global("null", 4);
	default:
		return NULL;
	}
}

static int unknown_option(struct reading *r, const char *name, size_t length)
{
	const struct command *command = r->args->command;
	struct near near;
	char *typed = mem_strndup(name, length);

	near_begin(&near, typed);
	for (size_t i = 0; command != NULL && i < command->param_count; i++) {
		if (is_option(&command->params[i]))
			near_try(&near, command->params[i].name);
	}
	for (size_t i = 0; i < command_global_count; i++)
		near_try(&near, command_globals[i].name);
	if (near.best != NULL)
		err_set(r->err, ERR_USAGE, "%s has no option --%s; did you mean --%s?",
			command != NULL ? command->name : "feedctl", typed, near.best);
	else
		err_set(r->err, ERR_USAGE, "%s has no option --%s; see `feedctl help%s%s`",
			command != NULL ? command->name : "feedctl", typed,
			command != NULL ? " " : "", command != NULL ? command->name : "");
	free(typed);
	return -1;
}

static void take(struct args *args, const struct param *param, const char *text)
{
	args->list = mem_realloc_array(args->list, args->count + 1, sizeof(*args->list));
	args->list[args->count].param = param;
	args->list[args->count++].text = text;
}

static const char *made(struct args *args, char *text)
{
	args->made = mem_realloc_array(args->made, args->made_count + 1, sizeof(*args->made));
	args->made[args->made_count++] = text;
	return text;
}

static int read_flag(struct reading *r, const struct param *param, const char *given)
{
	if (given != NULL)
		return err_set(r->err, ERR_USAGE, "--%s takes no value", param->name);
	return 0;
}

static int read_rest(struct reading *r, const struct param *param, const char *given)
{
	if (given != NULL)
		return err_set(r->err, ERR_USAGE,
			"--%s takes the rest of the line: --%s CMD [ARG…]", param->name,
			param->name);
	if (r->at + 1 >= r->argc)
		return err_set(r->err, ERR_USAGE, "--%s needs a command", param->name);
	r->args->rest = r->argv + r->at + 1;
	r->at = r->argc;
	return 0;
}

static int read_text(
	struct reading *r, const struct param *param, const char *given, const char **out_text)
{
	const char *text = given;

	if (text == NULL && r->at + 1 < r->argc)
		text = r->argv[++r->at];
	if (text == NULL || (text[0] == '\0' && param->type != TYPE_STRING))
		return err_set(r->err, ERR_USAGE, "--%s needs a value: --%s %s", param->name,
			param->name, param->meta);
	*out_text = text;
	return 0;
}

/* given: what stands in the option's own word, or NULL: then a value is the next one. */
static int read_value(struct reading *r, const struct param *param, const char *given)
{
	const char *text = "";
	int result;

	if (param->kind == PARAM_FLAG)
		result = read_flag(r, param, given);
	else if (param->kind == PARAM_REST)
		result = read_rest(r, param, given);
	else
		result = read_text(r, param, given, &text);
	if (result == 0 && r->keep)
		take(r->args, param, text);
	return result;
}

static int read_long(struct reading *r)
{
	const char *name = r->argv[r->at] + 2, *equals = strchr(name, '=');
	size_t length = equals != NULL ? (size_t)(equals - name) : strlen(name);
	const struct param *param = option(r->args->command, name, length);

	if (param == NULL)
		return r->keep ? unknown_option(r, name, length) : 0;
	return read_value(r, param, equals != NULL ? equals + 1 : NULL);
}

/* "-0n5" is "-0 -n 5". */
static int read_short(struct reading *r)
{
	const char *word = r->argv[r->at], *letter = word + 1;
	const struct param *param;

	do {
		param = short_option(r->args->command, *letter++);
		if (param == NULL && !r->keep)
			return 0;
		if (param == NULL)
			return err_set(r->err, ERR_USAGE,
				"there is no option %s; see `feedctl help`", word);
		if (param->kind != PARAM_FLAG)
			return read_value(r, param, *letter != '\0' ? letter : NULL);
		if (r->keep)
			take(r->args, param, "");
	} while (*letter != '\0');
	return 0;
}

/* The words of two-word commands ("query add") that the first one stands for. */
static const char *family(const char *word)
{
	static const char *const families[] = { "query", "rule" };
	size_t length = strlen(word);

	for (size_t i = 0; i < 2; i++) {
		if (length > i && strncmp(families[i], word, length) == 0)
			return families[i];
	}
	return NULL;
}

static int name_command(struct reading *r, char **words, size_t count, size_t *out_used)
{
	struct args *args = r->args;
	const char *name = words[0], *near = NULL, *first = family(words[0]);
	int found;

	*out_used = 1;
	if (first != NULL) {
		/* `query --help` is complete; what else it is shows at the end. */
		args->family = count < 2 ? first : NULL;
		name = made(args, mem_printf("%s %s", first, count < 2 ? "list" : words[1]));
		*out_used = count < 2 ? 1 : 2;
	}
	found = command_find(name, &args->command, &near, r->err);
	if (found < 0) {
		r->err->code = ERR_USAGE;
		return -1;
	}
	if (found == 0 && near != NULL)
		return err_set(
			r->err, ERR_USAGE, "there is no command %s; did you mean %s?", name, near);
	if (found == 0)
		return err_set(r->err, ERR_USAGE, "there is no command %s; see `feedctl help`",
			name[0] != '\0' ? name : "\"\"");
	args->id = (enum command_id)(args->command - command_table);
	args->named = true;
	return 0;
}

/* Go over the line once and gather its words.  Without `keep` that is as far as values
 * can be told from words. */
static int walk(struct reading *r, bool keep)
{
	bool ended = false;

	r->keep = keep;
	r->word_count = 0;
	for (r->at = 1; r->at < r->argc; r->at++) {
		char *word = r->argv[r->at];
		int result = 0;

		if (ended || word[0] != '-' || word[1] == '\0')
			r->words[r->word_count++] = word;
		else if (strcmp(word, "--") == 0)
			ended = true;
		else
			result = word[1] == '-' ? read_long(r) : read_short(r);
		if (result < 0)
			return -1;
	}
	return 0;
}

/* The first word may be a feed's title with a `=` in it, unless it begins with the name
 * of a setting (the help of `settings` is these names); behind it, it is a mistake
 * that feedd tells. */
static bool looks_like_assignment(const struct param *settings, const char *word, bool first)
{
	size_t n = strspn(word, "abcdefghijklmnopqrstuvwxyz");

	if (n == 0 || (first && !columns_has(settings->help, word, n)))
		return false;
	if (word[n] == '+' || word[n] == '-')
		n++;
	return word[n] == '=';
}

/* `set FEED… key=value…`: what looks like an assignment is one. */
static const struct param *place_of(
	const struct command *command, size_t *at, const char *word, bool first)
{
	const struct param *settings = command_param(command, "settings");

	for (; *at < command->param_count; (*at)++) {
		const struct param *p = &command->params[*at];

		if (p->kind > PARAM_ANY || p->scope == SCOPE_CALL)
			continue;
		if (p->kind == PARAM_MANY && p->type == TYPE_FEED && settings != NULL &&
			looks_like_assignment(settings, word, first))
			return settings;
		if (p->kind == PARAM_REQUIRED || p->kind == PARAM_OPTIONAL)
			(*at)++;
		return p;
	}
	return NULL;
}

/* An action of a rule may come as two words: tag News. */
static bool begins_action(const struct param *p, const char *word)
{
	return p->kind == PARAM_MANY && strcmp(p->name, "actions") == 0 &&
	       (strcmp(word, "tag") == 0 || strcmp(word, "untag") == 0);
}

static int place_words(struct reading *r, size_t from)
{
	struct args *args = r->args;
	size_t at = 0;

	for (size_t i = from; i < r->word_count; i++) {
		const char *word = r->words[i];
		const struct param *p = place_of(args->command, &at, word, i == from);

		if (p == NULL)
			return err_set(r->err, ERR_USAGE, "%s: one word too many: %s",
				args->command->name, word);
		if (begins_action(p, word) && i + 1 < r->word_count)
			word = made(args, mem_printf("%s %s", word, r->words[++i]));
		take(args, p, word);
	}
	return 0;
}

static int check_missing(struct reading *r)
{
	const struct command *command = r->args->command;
	const char *first = r->args->family;

	if (first != NULL)
		return err_set(r->err, ERR_USAGE, "%s what? See `feedctl help %s`", first, first);
	for (size_t i = 0; i < command->param_count; i++) {
		const struct param *p = &command->params[i];

		if ((p->kind == PARAM_REQUIRED || p->kind == PARAM_MANY) &&
			p->scope != SCOPE_CALL && !args_has(r->args, p->name))
			return err_set(r->err, ERR_USAGE,
				"%s: %s is missing; see `feedctl help %s`", command->name, p->meta,
				command->name);
	}
	return 0;
}

int args_parse(int argc, char **argv, struct args *out_args, struct err *err)
{
	struct reading r = { .args = out_args, .argc = argc, .argv = argv, .err = err };
	size_t used = 0;
	int result = -1;

	memset(out_args, 0, sizeof(*out_args));
	r.words = MEM_ARRAY((size_t)argc + 1, char *);
	/* The command decides which options there are, and may stand behind them. */
	if (walk(&r, false) == 0) {
		if (r.word_count > 0)
			result = name_command(&r, r.words, r.word_count, &used);
		else
			result = 0;
	}
	if (result == 0 && !out_args->named) {
		out_args->command = &command_table[CMD_STATUS];
		out_args->id = CMD_STATUS;
	}
	if (result == 0)
		result = walk(&r, true);
	if (result == 0)
		result = place_words(&r, used);
	if (result == 0 && !args_has(out_args, "help") && !args_has(out_args, "version"))
		result = check_missing(&r);
	free(r.words);
	if (result < 0)
		args_release(out_args);
	return result;
}

void args_release(struct args *args)
{
	for (size_t i = 0; i < args->made_count; i++)
		free(args->made[i]);
	free(args->made);
	free(args->list);
	memset(args, 0, sizeof(*args));
}

const char *args_next(const struct args *args, const char *name, size_t *at)
{
	while (*at < args->count) {
		const struct arg *arg = &args->list[(*at)++];

		if (strcmp(arg->param->name, name) == 0)
			return arg->text;
	}
	return NULL;
}

const char *args_value(const struct args *args, const char *name)
{
	const char *last = NULL, *text;
	size_t at = 0;

	while ((text = args_next(args, name, &at)) != NULL)
		last = text;
	return last;
}

bool args_has(const struct args *args, const char *name)
{
	return args_value(args, name) != NULL;
}

bool args_has_filter(const struct args *args)
{
	static const char *const filters[] = { "feed", "tag", "unread", "read", "all", "starred",
		"unstarred", "changed", "since", "until", "added-since", "match", "where",
		"limit" };

	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		if (args_has(args, filters[i]))
			return true;
	}
	return false;
}

bool args_takes(const struct command *command, const char *global)
{
	static const char *const rows[] = { "json", "format", "fields", "into" };

	if (command->reply == REPLY_TEXT && strcmp(global, "null") == 0)
		return false;
	if (command->reply != REPLY_TEXT && command->reply != REPLY_NONE)
		return true;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(global, rows[i]) == 0)
			return false;
	return true;
}
