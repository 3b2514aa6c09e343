#include "ctl/params.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/time.h"
#include "common/utf8.h"
#include "ctl/columns.h"

struct building {
	const struct params *params;
	struct json_writer w;
	struct err *err;
};

/* On the wire there is no `-` in a name. */
static void put_key(struct building *b, const char *name)
{
	char key[64];

	snprintf(key, sizeof(key), "%s", name);
	for (char *p = key; *p != '\0'; p++) {
		if (*p == '-')
			*p = '_';
	}
	json_put_key(&b->w, key);
}

static int put_count(struct building *b, const struct param *param, const char *text)
{
	size_t length = strlen(text);
	char *end;
	long long number = strtoll(text, &end, 10);

	if (length == 0 || length > 18 || strspn(text, "0123456789") != length)
		return err_set(b->err, ERR_USAGE, "%s%s %s is no number",
			param->kind == PARAM_OPTION ? "--" : "", param->name, text);
	if (strcmp(param->name, "limit") == 0)
		number -= (long long)b->params->had;
	json_put_int(&b->w, number);
	return 0;
}

static int put_one_of(struct building *b, const struct param *param, const char *text,
	const char *words, bool may_reverse)
{
	const char *bare = may_reverse && text[0] == '-' ? text + 1 : text;

	if (!columns_has(words, bare, strlen(bare)))
		return err_set(
			b->err, ERR_USAGE, "--%s %s: there are %s", param->name, text, words);
	json_put_string(&b->w, text);
	return 0;
}

/* What the value is, or what the file has that it names by @. */
static int read_value(const char *name, const char *text, char **out_value, struct err *err)
{
	if (input_value(name, text, out_value, err) < 0)
		return -1;
	if (utf8_valid(*out_value, strlen(*out_value)))
		return 0;
	free(*out_value);
	return err_set(err, ERR_USAGE, "what stands in %s is not UTF-8", text + 1);
}

static int put_maybe_file(struct building *b, const char *name, const char *text)
{
	char *value;

	if (read_value(name, text, &value, b->err) < 0)
		return -1;
	json_put_string(&b->w, value);
	free(value);
	return 0;
}

#define KEY_LETTERS "abcdefghijklmnopqrstuvwxyz"

/* Whether the value of key=value is a file's. */
static bool is_assigned_file(const char *text)
{
	const char *equals = strchr(text, '=');
	char *key;
	bool may_be;

	if (equals == NULL || equals[1] != '@')
		return false;
	key = mem_strndup(text, strspn(text, KEY_LETTERS));
	may_be = params_may_be_file(key);
	free(key);
	return may_be;
}

/* key=value, key+=value, key-=value. */
static int put_assignment(struct building *b, const char *text)
{
	const char *equals = strchr(text, '=');
	char *name, *value, *whole;
	int result;

	if (equals == NULL || strspn(text, KEY_LETTERS) == 0)
		return err_set(b->err, ERR_USAGE, "%s is no key=value", text);
	if (!is_assigned_file(text)) {
		json_put_string(&b->w, text);
		return 0;
	}
	name = mem_strndup(text, strspn(text, KEY_LETTERS));
	result = read_value(name, equals + 1, &value, b->err);
	free(name);
	if (result < 0)
		return -1;
	whole = mem_printf("%.*s%s", (int)(equals + 1 - text), text, value);
	json_put_string(&b->w, whole);
	free(whole);
	free(value);
	return 0;
}

static int put_value(struct building *b, const struct param *param, const char *text)
{
	int64_t ms;

	switch (param->type) {
	case TYPE_BOOL:
		json_put_bool(&b->w, true);
		return 0;
	case TYPE_COUNT:
		return put_count(b, param, text);
	case TYPE_SORT:
		return put_one_of(b, param, text, "date added feed title rank", true);
	case TYPE_STATE:
		return put_one_of(
			b, param, text, "ok new failing held paused moved dead gone", false);
	case TYPE_DURATION:
		if (time_parse_duration(text, &ms, b->err) < 0)
			return err_prefix(b->err, "--%s", param->name);
		json_put_string(&b->w, text);
		return 0;
	case TYPE_ASSIGN:
		return put_assignment(b, text);
	case TYPE_STRING:
		if (params_may_be_file(param->name))
			return put_maybe_file(b, param->name, text);
		json_put_string(&b->w, text);
		return 0;
	case TYPE_FEED:
	case TYPE_ITEM:
	case TYPE_URL:
	case TYPE_TAG:
	case TYPE_QUERY:
	case TYPE_FILE:
	case TYPE_FORMAT:
	case TYPE_TIME: /* put_time() */
	default:
		json_put_string(&b->w, text);
		return 0;
	}
}

static bool is_list(const struct param *param)
{
	return param->kind == PARAM_MANY || param->kind == PARAM_ANY || param->kind == PARAM_LIST;
}

bool params_may_be_file(const char *name)
{
	return columns_has("proxy header auth ca cert key", name, strlen(name));
}

int params_time(const struct args *args, const char *name, int64_t now_s, char out[WHEN_MAX],
	struct err *err)
{
	bool later = strcmp(name, "until") == 0;
	char other[WHEN_MAX];
	const char *text;
	size_t at = 0;

	out[0] = '\0';
	while ((text = args_next(args, name, &at)) != NULL) {
		if (when_resolve(text, name, now_s, other, err) < 0)
			return -1;
		if (out[0] == '\0')
			memcpy(out, other, sizeof(other));
		else if (when_any(out, other, later, name, err) < 0)
			return -1;
	}
	return 0;
}

static int put_time(struct building *b, const struct param *param)
{
	const struct params *p = b->params;
	char time[WHEN_MAX];

	if (p->since != NULL && strcmp(param->name, "since") == 0) {
		json_put_string(&b->w, p->since);
		return 0;
	}
	if (params_time(p->args, param->name, p->now_s, time, b->err) < 0)
		return -1;
	json_put_string(&b->w, time);
	return 0;
}

static int put_param(struct building *b, const struct param *param)
{
	const struct params *p = b->params;
	const char *text;
	size_t at = 0;

	put_key(b, param->name);
	if (param->type == TYPE_TIME)
		return put_time(b, param);
	if (!is_list(param))
		return put_value(b, param, args_value(p->args, param->name));
	json_put_array(&b->w);
	if (p->list_name != NULL && strcmp(p->list_name, param->name) == 0) {
		for (size_t i = 0; i < p->list_count; i++)
			json_put_string(&b->w, p->list[i]);
	} else {
		while ((text = args_next(p->args, param->name, &at)) != NULL) {
			if (put_value(b, param, text) < 0)
				return -1;
		}
	}
	json_put_array_end(&b->w);
	return 0;
}

static bool is_said(const struct params *p, const struct param *param)
{
	if (p->list_name != NULL && strcmp(p->list_name, param->name) == 0)
		return true;
	if (p->since != NULL && strcmp(param->name, "since") == 0)
		return true;
	return args_has(p->args, param->name);
}

static void put_flag(struct building *b, const char *name)
{
	json_put_key(&b->w, name);
	json_put_bool(&b->w, true);
}

static void put_fields(struct building *b, const char *names)
{
	json_put_key(&b->w, "fields");
	json_put_array(&b->w);
	while (*names != '\0') {
		size_t n = strcspn(names, " ");

		if (n > 0)
			json_put_text(&b->w, names, n);
		names += n;
		names += strspn(names, " ");
	}
	json_put_array_end(&b->w);
}

static void put_own(struct building *b)
{
	const struct params *p = b->params;
	const struct command *command = p->args->command;

	if (p->part)
		put_flag(b, "part");
	if (p->bulk && command_param(command, "bulk") != NULL)
		put_flag(b, "bulk");
	if (p->full && command_param(command, "full") != NULL && !args_has(p->args, "full"))
		put_flag(b, "full");
	if (p->fields != NULL && command_param(command, "fields") != NULL)
		put_fields(b, p->fields);
	if (p->fields != NULL && command_param(command, "arrays") != NULL)
		put_flag(b, "arrays");
	if (p->no_follow) {
		json_put_key(&b->w, "follow");
		json_put_bool(&b->w, false);
	}
	if (p->sort != NULL && !args_has(p->args, "sort")) {
		json_put_key(&b->w, "sort");
		json_put_string(&b->w, p->sort);
	}
	if (p->text != NULL) {
		json_put_key(&b->w, "text");
		json_put_string(&b->w, p->text);
	}
}

static bool is_checked_here(enum param_type type)
{
	return type == TYPE_COUNT || type == TYPE_SORT || type == TYPE_STATE ||
	       type == TYPE_DURATION || type == TYPE_TIME;
}

/* JSON is UTF-8: a word that is not would arrive as another one.  The name of a file
 * stays here, and is what its bytes are. */
static int check_text(const struct param *param, const char *text, struct err *err)
{
	bool is_file = param->type == TYPE_ASSIGN
			       ? is_assigned_file(text)
			       : params_may_be_file(param->name) && text[0] == '@';

	if ((param->scope != SCOPE_WIRE && param->type != TYPE_FORMAT) || is_file ||
		utf8_valid(text, strlen(text)))
		return 0;
	return err_set(err, ERR_USAGE, "%s is not UTF-8%s", text,
		param->type == TYPE_URL ? "; an address has such bytes as %E9" : "");
}

int params_check(const struct params *params, struct err *err)
{
	struct building b = { .params = params, .err = err };
	const struct command *command = params->args->command;
	struct buf unused;
	int result = 0;

	for (size_t i = 0; i < params->args->count; i++) {
		if (check_text(params->args->list[i].param, params->args->list[i].text, err) < 0)
			return -1;
	}
	buf_init(&unused, (size_t)1 << 20);
	json_begin(&b.w, &unused);
	json_put_object(&b.w);
	for (size_t i = 0; i < command->param_count && result == 0; i++) {
		const struct param *param = &command->params[i];

		if (is_checked_here(param->type) && param->scope == SCOPE_WIRE &&
			args_has(params->args, param->name))
			result = put_param(&b, param);
	}
	buf_release(&unused);
	return result;
}

int params_build(const struct params *params, struct buf *out, struct err *err)
{
	struct building b = { .params = params, .err = err };
	const struct command *command = params->args->command;

	buf_clear(out);
	json_begin(&b.w, out);
	json_put_object(&b.w);
	for (size_t i = 0; i < command->param_count; i++) {
		const struct param *param = &command->params[i];

		if (param->scope == SCOPE_WIRE && is_said(params, param) &&
			put_param(&b, param) < 0)
			return -1;
	}
	put_own(&b);
	json_put_object_end(&b.w);
	if (!json_ok(&b.w))
		return err_set(err, ERR_TOO_BIG, "the command line is too long for a call");
	return 0;
}
