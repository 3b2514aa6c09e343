#include "ctl/ctl.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/mem.h"
#include "ctl/reply.h"
#include "ctl/say.h"

/* What every daemon takes, however it is set. */
#define SMALL 2048u
/* Larger calls would make nothing faster. */
#define CALL_BYTES ((size_t)256 << 10)
#define ENVELOPE 64u /* around the parameters, but for the method's name */
#define PARAMS_MAX ((size_t)64 << 20)
/* So long who finds all places taken waits for one; mostly they are free at once. */
#define CROWD_MS 5000
#define PAUSE_MIN_MS 20
#define PAUSE_MAX_MS 320

int ctl_connect(struct ctl *ctl, struct err *err)
{
	if (ctl->session != NULL)
		return 0;
	if (session_open(args_value(&ctl->args, "socket"), &ctl->session, err) < 0)
		return -1;
	if (ctl->needs_reader)
		session_need_reader(ctl->session, STDOUT_FILENO);
	return 0;
}

struct params ctl_params(const struct ctl *ctl)
{
	return (struct params){ .args = &ctl->args, .now_s = ctl->term.now_s };
}

struct question {
	const char *method, *parameters;
	unsigned flags;
	const char *goes_on; /* what Ctrl-C says from then on, or NULL */
	const struct listener *listener;
	void *ctx;
};

static int ask(struct ctl *ctl, const struct question *q, struct err *err)
{
	if (ctl_connect(ctl, err) < 0 ||
		session_call(ctl->session, q->method, q->parameters, q->flags, err) < 0)
		return -1;
	if (q->goes_on != NULL)
		say_on_interrupt(q->goes_on);
	return session_read(ctl->session, q->listener, q->ctx, err);
}

/* Whom the daemon has no room for it refuses before it reads a word. */
static int ask_patiently(struct ctl *ctl, const struct question *q, struct err *err)
{
	int waited_ms = 0, pause_ms = PAUSE_MIN_MS;

	while (ask(ctl, q, err) < 0) {
		if (ctl->heard || err->code != ERR_BUSY || waited_ms >= CROWD_MS)
			return -1;
		session_close(ctl->session);
		ctl->session = NULL;
		poll(NULL, 0, pause_ms);
		waited_ms += pause_ms;
		pause_ms = pause_ms < PAUSE_MAX_MS ? pause_ms * 2 : pause_ms;
	}
	ctl->heard = true;
	return 0;
}

int ctl_call(struct ctl *ctl, const struct params *params, unsigned flags,
	const struct listener *listener, void *ctx, struct err *err)
{
	struct buf json;
	int result;

	buf_init(&json, PARAMS_MAX);
	result = params_build(params, &json, err);
	if (result == 0)
		result = ask_patiently(ctl,
			&(struct question){ ctl->args.command->method, json.data, flags,
				params->part ? NULL : ctl->goes_on, listener, ctx },
			err);
	buf_release(&json);
	return result;
}

int ctl_ask_status(struct ctl *ctl, const struct listener *listener, void *ctx, struct err *err)
{
	return ask_patiently(
		ctl, &(struct question){ "Status", "{}", 0, NULL, listener, ctx }, err);
}

static int on_message_max(
	void *ctx, const struct wire_row *parameters, bool continues, struct err *err)
{
	struct ctl *ctl = ctx;

	(void)continues;
	(void)err;
	ctl->message_max = (size_t)value_int(wire_row_get(parameters, "message_max"));
	return 0;
}

int ctl_room(struct ctl *ctl, const struct params *params, size_t *out_bytes, struct err *err)
{
	const struct listener listener = { .reply = on_message_max };
	struct params bare = *params;
	struct buf json;
	size_t taken;
	int result;

	if (ctl->message_max == 0 && ctl_ask_status(ctl, &listener, ctl, err) < 0)
		return -1;
	bare.list_count = 0;
	bare.text = NULL;
	bare.part = true;
	buf_init(&json, PARAMS_MAX);
	result = params_build(&bare, &json, err);
	taken = json.length + strlen(ctl->args.command->method) + ENVELOPE;
	buf_release(&json);
	*out_bytes = ctl->message_max > taken ? ctl->message_max - taken : 0;
	if (*out_bytes > CALL_BYTES)
		*out_bytes = CALL_BYTES;
	return result;
}

/* In JSON, with quotes and a comma. */
static size_t written(const char *word)
{
	size_t bytes = 3;

	for (; *word != '\0'; word++)
		bytes += (unsigned char)*word < ' ' || *word == 0x7F ? 6
			 : *word == '"' || *word == '\\'             ? 2
								     : 1;
	return bytes;
}

/* How many of the words fit into that room, but one at least: of a word that is too
 * long it is the daemon that says so. */
static size_t fitting(char *const *words, size_t count, size_t room)
{
	size_t bytes = 0, n = 0;

	for (; n < count; n++) {
		bytes += written(words[n]);
		if (bytes > room && n > 0)
			break;
	}
	return n;
}

int ctl_call_parts(struct ctl *ctl, struct params *params, const struct words *words,
	unsigned flags, const struct listener *listener, void *ctx, struct err *err)
{
	struct listener silent = { 0 };
	size_t at = 0, room = SMALL;

	if (fitting(words->list, words->count, room) < words->count &&
		ctl_room(ctl, params, &room, err) < 0)
		return -1;
	for (;;) {
		size_t n = fitting(words->list + at, words->count - at, room);

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

/* The words of the line, or those of standard input in the place of `-`. */
static int gather(const struct args *args, const char *list_name, bool null_ended,
	struct words *out_words, bool *out_stdin, struct err *err)
{
	size_t at = 0, count = 0;
	const char *text;

	memset(out_words, 0, sizeof(*out_words));
	*out_stdin = false;
	while ((text = args_next(args, list_name, &at)) != NULL) {
		count++;
		*out_stdin = *out_stdin || strcmp(text, "-") == 0;
	}
	if (*out_stdin && count > 1)
		return err_set(err, ERR_USAGE, "- stands alone: all are read from standard input");
	if (*out_stdin)
		return input_read(null_ended, out_words, err);
	out_words->list = MEM_ARRAY(count + 1, char *);
	for (at = 0; (text = args_next(args, list_name, &at)) != NULL;)
		out_words->list[out_words->count++] = (char *)text;
	return 0;
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
	*out_empty = from_stdin && words.count == 0;
	params->bulk = from_stdin;
	if (words.count > 0)
		params->list_name = list_name;
	result = *out_empty ? 0 : ctl_call_parts(ctl, params, &words, flags, listener, ctx, err);
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

static int on_feed(void *ctx, const struct wire_row *row, struct err *err)
{
	struct cell cell;
	struct buf scratch;
	struct text title;

	(void)err;
	cell_init(&cell, "title", 5);
	buf_init(&scratch, PARAMS_MAX);
	title = cell_text(&cell, row, &scratch);
	names_add(ctx, value_int(wire_row_get(row, "id")), title.at, title.length);
	buf_release(&scratch);
	return 0;
}

/* In a conversation of its own: in the other one rows are coming. */
static int name_feeds(void *ctx, struct names *names, struct err *err)
{
	static const char parameters[] = "{\"fields\":[\"id\",\"title\",\"url\"]}";
	struct listener listener = { .row = on_feed };
	struct ctl *ctl = ctx;
	struct session *session;
	int result;

	if (session_open(args_value(&ctl->args, "socket"), &session, err) < 0)
		return -1;
	result = session_call(session, "Feeds", parameters, WIRE_MORE, err);
	if (result == 0)
		result = session_read(session, &listener, names, err);
	session_close(session);
	return result;
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
	printer->name_feeds = name_feeds;
	printer->name_ctx = ctl;
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
