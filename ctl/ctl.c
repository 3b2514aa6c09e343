#include "ctl/ctl.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ctl/reply.h"
#include "ctl/say.h"

/* Words in one call: well below what a daemon takes in a message. */
#define CALL_BYTES ((size_t)256 << 10)
#define PARAMS_MAX ((size_t)64 << 20)

int ctl_connect(struct ctl *ctl, struct err *err)
{
	if (ctl->session != NULL)
		return 0;
	return session_open(args_value(&ctl->args, "socket"), &ctl->session, err);
}

struct params ctl_params(const struct ctl *ctl)
{
	return (struct params){ .args = &ctl->args, .now_s = ctl->term.now_s };
}

int ctl_call(struct ctl *ctl, const struct params *params, unsigned flags,
	const struct listener *listener, void *ctx, struct err *err)
{
	struct buf json;
	int result;

	buf_init(&json, PARAMS_MAX);
	result = params_build(params, &json, err);
	if (result == 0)
		result = ctl_connect(ctl, err);
	if (result == 0)
		result = session_call(
			ctl->session, ctl->args.command->method, json.data, flags, err);
	if (result == 0 && ctl->goes_on != NULL && !params->part)
		say_on_interrupt(ctl->goes_on);
	if (result == 0)
		result = session_read(ctl->session, listener, ctx, err);
	buf_release(&json);
	return result;
}

/* How many of the words fit into one call. */
static size_t fitting(char *const *words, size_t count)
{
	size_t bytes = 0, n = 0;

	while (n < count && (n == 0 || bytes + strlen(words[n]) + 3 <= CALL_BYTES))
		bytes += strlen(words[n++]) + 3;
	return n;
}

static int call_parts(struct ctl *ctl, struct params *params, const struct words *words,
	unsigned flags, const struct listener *listener, void *ctx, struct err *err)
{
	struct listener silent = { 0 };
	size_t at = 0;

	for (;;) {
		size_t n = fitting(words->list + at, words->count - at);

		params->list = words->list + at;
		params->list_count = n;
		params->part = at + n < words->count;
		if (!params->part)
			return ctl_call(ctl, params, flags, listener, ctx, err);
		if (ctl_call(ctl, params, 0, &silent, NULL, err) < 0)
			return -1;
		at += n;
	}
}

/* The words of the line with those of standard input in the place of `-`. */
static int gather(const struct args *args, const char *list_name, bool null_ended,
	struct words *out_words, bool *out_stdin, struct err *err)
{
	const char *text;
	size_t at = 0, count = 0;

	memset(out_words, 0, sizeof(*out_words));
	*out_stdin = false;
	while ((text = args_next(args, list_name, &at)) != NULL) {
		count++;
		*out_stdin = *out_stdin || strcmp(text, "-") == 0;
	}
	if (!*out_stdin)
		return 0;
	if (count > 1)
		return err_set(err, ERR_USAGE, "- stands alone: all are read from standard input");
	return input_read(null_ended, out_words, err);
}

int ctl_call_words(struct ctl *ctl, struct params *params, const char *list_name, unsigned flags,
	const struct listener *listener, void *ctx, bool *out_empty, struct err *err)
{
	struct words words;
	bool from_stdin;
	int result;

	*out_empty = false;
	if (gather(&ctl->args, list_name, args_has(&ctl->args, "null"), &words, &from_stdin, err) <
		0)
		return -1;
	if (!from_stdin)
		return ctl_call(ctl, params, flags, listener, ctx, err);
	*out_empty = words.count == 0;
	params->list_name = list_name;
	params->bulk = true;
	result = words.count == 0 ? 0 : call_parts(ctl, params, &words, flags, listener, ctx, err);
	input_release(&words);
	return result;
}

bool ctl_is_json(const struct ctl *ctl)
{
	const char *format = args_value(&ctl->args, "format");

	return args_has(&ctl->args, "json") || (format != NULL && strcmp(format, "json") == 0);
}

bool ctl_is_chatty(const struct ctl *ctl)
{
	return say_is_terminal() && !ctl_is_json(ctl);
}

static int pick_format(struct ctl *ctl, struct printer *printer, struct err *err)
{
	const char *name = args_value(&ctl->args, "format");
	const char *version = args_value(&ctl->args, "format-version");

	if (version != NULL && strcmp(version, "1") != 0)
		return err_set(err, ERR_USAGE,
			"--format-version %s is not known here; this feedctl writes 1", version);
	if (args_has(&ctl->args, "json")) {
		if (name != NULL && strcmp(name, "json") != 0)
			return err_set(err, ERR_USAGE, "--json and --format %s", name);
		name = "json";
	}
	if (name == NULL && args_has(&ctl->args, "fields"))
		name = "tsv";
	if (name == NULL)
		name = ctl->term.terminal ? "table" : "tsv";
	printer->format = format_find(name, err);
	printer->template = name;
	return printer->format == NULL ? -1 : 0;
}

int ctl_print_begin(struct ctl *ctl, struct printer *printer, const char *object_name,
	const char *columns, struct err *err)
{
	memset(printer, 0, sizeof(*printer));
	if (pick_format(ctl, printer, err) < 0)
		return -1;
	if (args_has(&ctl->args, "null"))
		ctl->out.end = '\0';
	printer->object = object_find(object_name);
	if (args_has(&ctl->args, "events"))
		printer->other = &object_table[OBJECT_LOG];
	printer->columns = columns;
	printer->out = &ctl->out;
	printer->term = &ctl->term;
	printer->fields = args_value(&ctl->args, "fields");
	printer->into = args_value(&ctl->args, "into");
	printer->group = args_value(&ctl->args, "group");
	if (printer->group != NULL && strcmp(printer->group, "day") != 0 &&
		strcmp(printer->group, "feed") != 0)
		return err_set(err, ERR_USAGE, "--group is day or feed, not %s", printer->group);
	printer->raw = args_has(&ctl->args, "raw");
	return printer_begin(printer, err);
}

int ctl_print_row(void *ctx, const struct wire_row *row, struct err *err)
{
	return printer_row(ctx, row, err);
}

void ctl_print_look(void *ctx, const struct wire_row *row)
{
	struct printer *printer = ctx;

	if (printer->format->look != NULL)
		printer->format->look(printer, row);
}

/* A refusal is a sentence, or a url with a message. */
static void say_refusal(const struct wire_value *refusal)
{
	struct wire_row row;

	if (row_of(refusal, &row)) {
		char *url = value_strdup(wire_row_get(&row, "url"));
		char *message = value_strdup(wire_row_get(&row, "message"));

		say("%s: %s", url, message);
		reply_say_links(wire_row_get(&row, "links"));
		free(url);
		free(message);
	} else {
		char *sentence = value_strdup(refusal);

		say("%s", sentence);
		free(sentence);
	}
}

void ctl_say_refused(struct ctl *ctl, const struct wire_row *parameters)
{
	struct wire_row notes = wire_row_in(wire_row_get(parameters, "notes"));
	struct wire_row unknown = wire_row_in(wire_row_get(parameters, "unknown"));
	struct wire_row refused = wire_row_in(wire_row_get(parameters, "refused"));
	const struct wire_value *one = NULL;

	while ((one = wire_row_next(&notes, one)) != NULL) {
		char *note = value_strdup(one);

		say("%s", note);
		free(note);
	}
	while ((one = wire_row_next(&unknown, one)) != NULL) {
		char *word = value_strdup(one);

		say("there is no item %s", word[0] != '\0' ? word : "\"\"");
		free(word);
		ctl->unfinished = true;
	}
	while ((one = wire_row_next(&refused, one)) != NULL) {
		say_refusal(one);
		ctl->unfinished = true;
	}
}
