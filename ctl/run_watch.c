#include "ctl/ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/mem.h"
#include "ctl/cursor.h"
#include "ctl/hook.h"
#include "ctl/say.h"

/*
 * Rows as they come, printed or handed to a command.  Where it goes on is the
 * cursor of the last row that was handed on: kept here over a restart of the
 * daemon, in a file over one of ours.
 */

#define EVENT_COLUMNS "key at event feed_title text feed_url"
#define WAIT_MIN_MS 100
#define WAIT_MAX_MS 5000

struct watching {
	struct ctl *ctl;
	struct printer items, events;
	bool follow;
	const char *cursor_file;  /* or NULL */
	char cursor[CURSOR_MAX];  /* behind the last row; "" before the first */
	char written[CURSOR_MAX]; /* what the file holds */
	char start[CURSOR_MAX];   /* the present when it began */
	uint64_t handed_on;       /* rows */
	bool answered;            /* by the daemon, once at least */
	bool away;                /* it is waited for, which was said */
	int wait_ms;              /* before the next try */
	struct hook hook;         /* argv NULL: rows are printed */
	bool held;                /* signals are, for rows left us before their cursor did */
	sigset_t before;
};

static void keep_cursor(struct watching *w, const struct wire_row *row)
{
	const struct wire_value *cursor = wire_row_get(row, "cursor");

	if (!value_is_text(cursor) || cursor->length >= CURSOR_MAX)
		return;
	memcpy(w->cursor, cursor->text, cursor->length + 1);
}

static int write_cursor(struct watching *w, struct err *err)
{
	if (w->cursor_file == NULL || w->cursor[0] == '\0' || strcmp(w->cursor, w->written) == 0)
		return 0;
	if (cursor_write(w->cursor_file, w->cursor, err) < 0)
		return -1;
	memcpy(w->written, w->cursor, sizeof(w->written));
	return 0;
}

/* Who stops us between a row and its cursor would get the row again. */
static void hold_signals(struct watching *w)
{
	sigset_t ends;

	if (w->cursor_file == NULL || w->held)
		return;
	sigemptyset(&ends);
	sigaddset(&ends, SIGHUP);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, &w->before);
	w->ctl->out.signals = &w->before;
	w->held = true;
}

static void let_signals(struct watching *w)
{
	if (!w->held)
		return;
	w->held = false;
	w->ctl->out.signals = NULL;
	sigprocmask(SIG_SETMASK, &w->before, NULL);
}

/* The cursor is written behind what has left us. */
static int settle(struct watching *w, struct err *err)
{
	int result = printer_settle(&w->items, err) < 0 ? -1 : write_cursor(w, err);

	let_signals(w);
	return result;
}

/* ------------------------------------------------------------- hooks ---- */

/* The row as JSON in a file that is nowhere. */
static int json_file(struct watching *w, const struct wire_row *row, struct err *err)
{
	struct out *out = MEM_NEW(struct out);
	int fd = memfd_create("item", MFD_CLOEXEC), result;

	if (fd < 0) {
		free(out);
		return err_set(err, ERR_IO, "there is no room for an item");
	}
	out_init(out, fd);
	w->items.out = out;
	result = printer_row(&w->items, row, err);
	w->items.out = &w->ctl->out;
	if (result == 0)
		result = out_flush(out, err);
	free(out);
	if (result < 0)
		close(fd);
	return result < 0 ? -1 : fd;
}

/* The wall clock decides, so that a machine that slept does not wait again; where it is
 * set back, what is left to wait stays as it was. */
static void wait_s(int64_t seconds)
{
	int64_t now_s = clock_now_s(), due_s = now_s + seconds;

	while (now_s < due_s) {
		int64_t was_s = now_s;

		poll(NULL, 0, due_s - now_s > 1 ? 1000 : 250);
		now_s = clock_now_s();
		if (now_s < was_s)
			due_s -= was_s - now_s;
	}
}

/* A line at its end: id, date and the reason. */
static int write_dead(
	const char *path, const char *id, const char *date, const char *why, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), result;
	struct out *out;

	if (fd < 0)
		return err_set_errno(err, ERR_IO, errno, "%s", path);
	out = MEM_NEW(struct out);
	out_init(out, fd);
	out_line(out, id, strlen(id));
	out_byte(out, '\t');
	out_line(out, date, strlen(date));
	out_byte(out, '\t');
	out_line(out, why, strlen(why));
	out_byte(out, '\n');
	result = out_flush(out, err);
	close(fd);
	free(out);
	return result;
}

/* What was given up on, so that the person can look at it later. */
static int bury(
	struct watching *w, const struct wire_row *row, const struct err *why, struct err *err)
{
	char *id = value_strdup(wire_row_get(row, "id"));
	char *date = value_strdup(wire_row_get(row, "date"));
	int result = 0;

	say("item %s is given up: %s", id, why->text);
	if (w->cursor_file != NULL) {
		char *path = mem_printf("%s.dead", w->cursor_file);

		result = write_dead(path, id, date, why->text, err);
		free(path);
	}
	free(id);
	free(date);
	return result;
}

static int run_hook(struct watching *w, const struct wire_row *row, struct err *err)
{
	int fd = json_file(w, row, err), result;

	if (fd < 0)
		return -1;
	w->hook.socket = session_path(w->ctl->session);
	for (unsigned n = 0;; n++) {
		char span[TIME_SPAN_MAX];
		int64_t pause_s;

		result = hook_run(&w->hook, row, fd, err);
		if (result == 0 || !args_has(&w->ctl->args, "retry"))
			break;
		pause_s = hook_pause_s(n);
		if (pause_s == 0) {
			struct err why = *err;

			result = bury(w, row, &why, err);
			break;
		}
		time_format_span(pause_s, span);
		say("%s; once more in %s", err->text, span);
		wait_s(pause_s);
	}
	close(fd);
	return result;
}

/* -------------------------------------------------------------- rows ---- */

/* Rows of the log come among those of items; they have no number. */
static bool is_event(const struct wire_row *row)
{
	return wire_row_get(row, "id") == NULL && wire_row_get(row, "event") != NULL;
}

static void hear(struct watching *w)
{
	if (w->away && ctl_is_chatty(w->ctl))
		say("feedd is back");
	w->away = false;
	w->answered = true;
	w->wait_ms = WAIT_MIN_MS;
}

/* Columns of a table grow with what comes. */
static int put_event(struct watching *w, const struct wire_row *row, struct err *err)
{
	if (w->events.format->look != NULL)
		w->events.format->look(&w->events, row);
	return printer_row(&w->events, row, err);
}

static int hand_on(struct watching *w, const struct wire_row *row, int result, struct err *err)
{
	if (result < 0)
		return -1;
	w->handed_on++;
	keep_cursor(w, row);
	return w->hook.argv != NULL ? write_cursor(w, err) : 0;
}

static int on_row(void *ctx, const struct wire_row *row, struct err *err)
{
	struct watching *w = ctx;
	bool own_columns = w->items.fields == NULL &&
			   (w->items.format == &format_tsv || w->items.format == &format_table);
	int result;

	hear(w);
	if (w->hook.argv != NULL) {
		result = run_hook(w, row, err);
		hold_signals(w);
		result = hand_on(w, row, result, err);
		let_signals(w);
		return result;
	}
	hold_signals(w);
	if (is_event(row) && own_columns)
		result = put_event(w, row, err);
	else
		result = printer_row(&w->items, row, err);
	return hand_on(w, row, result, err);
}

/* Nothing more is there, in the midst of a reply. */
static int on_idle(void *ctx, struct err *err)
{
	struct watching *w = ctx;

	return w->hook.argv == NULL ? settle(w, err) : 0;
}

static int on_reply(void *ctx, const struct wire_row *parameters, bool continues, struct err *err)
{
	struct watching *w = ctx;

	(void)continues;
	hear(w);
	keep_cursor(w, parameters);
	return settle(w, err);
}

static int on_status(void *ctx, const struct wire_row *parameters, bool continues, struct err *err)
{
	struct watching *w = ctx;

	(void)continues;
	(void)err;
	keep_cursor(w, parameters);
	return 0;
}

/* ------------------------------------------------------- conversation ---- */

/* Where the present is. */
static int ask_cursor(struct watching *w, struct err *err)
{
	struct listener listener = { .reply = on_status };

	return ctl_ask_status(w->ctl, &listener, w, err);
}

static int converse(struct watching *w, struct err *err)
{
	struct ctl *ctl = w->ctl;
	struct listener listener = { .row = on_row, .reply = on_reply, .idle = on_idle };
	struct params params = ctl_params(ctl);
	char *wanted = w->hook.argv != NULL ? NULL : printer_wanted(&w->items);
	char *fields = NULL;
	int result;

	params.now_s = clock_now_s();
	params.since = w->cursor[0] != '\0' ? w->cursor : NULL;
	params.full = w->hook.argv != NULL || (w->items.format->needs & FORMAT_FULL) != 0;
	params.no_follow = !w->follow;
	params.had = w->handed_on;
	/* Whatever is printed, the cursor is needed, and what tells items from events. */
	if (wanted != NULL)
		fields = mem_printf("%s id cursor event", wanted);
	params.fields = fields;
	result = ctl_call(ctl, &params, WIRE_MORE, &listener, w, err);
	free(wanted);
	free(fields);
	return result;
}

/* Where it has restarted, others who waited may have come before us, and are as many
 * as it takes. */
static bool is_away(const struct watching *w, const struct err *err)
{
	return err->code == ERR_NO_DAEMON || err->code == ERR_CANCELLED ||
	       (err->code == ERR_BUSY && w->answered);
}

/* What came before it went wrong has left us. */
static int give_up(struct watching *w)
{
	struct err ignored;

	if (w->answered && w->hook.argv == NULL)
		(void)!settle(w, &ignored);
	return -1;
}

/* A daemon that restarts is waited for; one that is not there at the start is
 * not. */
static int converse_again(struct watching *w, struct err *err)
{
	bool met = false;

	w->wait_ms = WAIT_MIN_MS;
	for (;;) {
		bool connected = ctl_connect(w->ctl, err) == 0;

		met = met || connected;
		if (connected && converse(w, err) == 0)
			return 0;
		if (!is_away(w, err) || !w->follow || !met)
			return give_up(w);
		session_close(w->ctl->session);
		w->ctl->session = NULL;
		/* It may have left in the middle of a reply, some of whose rows are here. */
		if (w->answered && !w->away && settle(w, err) < 0)
			return -1;
		if (!w->away && ctl_is_chatty(w->ctl))
			say("feedd went away; waiting for it to come back");
		w->away = true;
		poll(NULL, 0, w->wait_ms);
		w->wait_ms = w->wait_ms * 2 < WAIT_MAX_MS ? w->wait_ms * 2 : WAIT_MAX_MS;
	}
}

/* The file, else --since, else the present. */
static int find_start(struct watching *w, struct err *err)
{
	char since[WHEN_MAX], kept[CURSOR_MAX];
	int found = 0;

	if (params_time(&w->ctl->args, "since", clock_now_s(), since, err) < 0)
		return -1;
	if (w->cursor_file != NULL && (found = cursor_read(w->cursor_file, w->cursor, err)) < 0)
		return -1;
	if (found == 1) {
		memcpy(w->written, w->cursor, sizeof(w->written));
		return 0;
	}
	if (since[0] == 'c') {
		memcpy(w->cursor, since, strlen(since) + 1);
		return write_cursor(w, err);
	}
	if (ask_cursor(w, err) < 0)
		return -1;
	if (since[0] == '\0')
		return write_cursor(w, err);
	/* A time: rows bring cursors; if none comes, the present stands at the end. */
	memcpy(kept, w->cursor, sizeof(kept));
	memcpy(w->start, kept, sizeof(kept));
	w->cursor[0] = '\0';
	return 0;
}

/* The others are of items and nothing else. */
static bool tells_events(const char *format)
{
	return format == NULL || strcmp(format, "table") == 0 || strcmp(format, "tsv") == 0 ||
	       strcmp(format, "json") == 0 || strchr(format, '{') != NULL;
}

static int begin(struct watching *w, struct err *err)
{
	struct ctl *ctl = w->ctl;

	w->follow = !args_has(&ctl->args, "no-follow");
	w->cursor_file = args_value(&ctl->args, "cursor-file");
	if (w->cursor_file != NULL && strcmp(w->cursor_file, "-") == 0)
		return err_set(err, ERR_USAGE, "--cursor-file is read and written: a file, not -");
	w->hook.argv = ctl->args.rest;
	ctl->needs_reader = w->hook.argv == NULL;
	if (w->hook.argv == NULL && args_has(&ctl->args, "retry"))
		return err_set(err, ERR_USAGE, "--retry goes with --exec");
	if (w->hook.argv != NULL &&
		(args_has(&ctl->args, "json") || args_has(&ctl->args, "format")))
		return err_set(err, ERR_USAGE, "--exec prints nothing itself");
	if (args_has(&ctl->args, "events") && !tells_events(args_value(&ctl->args, "format")))
		return err_set(err, ERR_USAGE,
			"--events goes with table, tsv, json and '{field}', not %s",
			args_value(&ctl->args, "format"));
	if (ctl_print_begin(ctl, &w->items, "item", columns_of("item"), err) < 0)
		return -1;
	w->items.adds = true;
	if (w->hook.argv != NULL) {
		/* A hook gets what --json would print. */
		printer_release(&w->items);
		w->items = (struct printer){ .format = &format_json,
			.object = &object_table[OBJECT_ITEM],
			.columns = columns_of("item"),
			.out = &ctl->out,
			.term = &ctl->term,
			.raw = args_has(&ctl->args, "raw") };
		return printer_begin(&w->items, err);
	}
	w->events = (struct printer){ .format = &format_tsv,
		.columns = EVENT_COLUMNS,
		.out = &ctl->out,
		.term = &ctl->term };
	if (w->items.format == &format_table) {
		w->events.format = &format_table;
		w->events.object = &object_table[OBJECT_LOG];
	}
	return printer_begin(&w->events, err);
}

int run_watch(struct ctl *ctl, struct err *err)
{
	struct watching *w = MEM_NEW(struct watching);
	int result;

	w->ctl = ctl;
	result = begin(w, err);
	if (result == 0)
		result = find_start(w, err);
	if (result == 0)
		result = converse_again(w, err);
	if (result == 0)
		result = printer_end(&w->items, err);
	if (result == 0 && w->cursor[0] == '\0' && w->start[0] != '\0') {
		memcpy(w->cursor, w->start, sizeof(w->cursor));
		result = write_cursor(w, err);
	}
	printer_release(&w->items);
	printer_release(&w->events);
	free(w);
	return result;
}
