#include "daemon/control/call.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/mem.h"
#include "common/object.h"
#include "daemon/control/outgoing.h"
#include "daemon/control/own.h"
#include "daemon/control/rows_feed.h"
#include "daemon/control/service.h"
#include "daemon/control/upload.h"

/* A reply holds a page of rows; one row may be an article of many megabytes. */
#define REPLY_MAX ((size_t)256 << 20)

/* Rows that are feedctl's alone have no handler. */
#define cmd_OPEN NULL
#define cmd_HELP NULL
#define cmd_COMPLETION NULL

static call_handler *const handlers[COMMANDS] = {
#define COMMAND(id, name, method, reply, object, changes, help, ...) cmd_##id,
#include "common/command.def"
#undef COMMAND
};

struct call_end_hook {
	void (*release)(void *what);
	void *what;
};

static struct call *call_new(
	struct session *session, const struct command *command, struct wire_call *wire)
{
	struct call *call = MEM_NEW(struct call);

	call->session = session;
	call->control = session_control(session);
	call->parts = control_parts(call->control);
	call->command = command;
	call->parameters = json_incref(wire->parameters);
	call->oneway = wire->oneway;
	call->more = wire->more && !wire->oneway;
	call->acts = !call_only_answers(command);
	buf_init(&call->document, SIZE_MAX);
	call->database = -1;
	buf_init(&call->out, REPLY_MAX);
	return call;
}

static void call_free(struct call *call)
{
	size_t i;

	store_read_cancel(call->read);
	if (call->task != NULL)
		refresh_task_cancel(call->task);
	while (call->hook_count > 0) {
		struct call_end_hook *hook = &call->hooks[--call->hook_count];

		hook->release(hook->what);
	}
	free(call->hooks);
	for (i = 0; i < call->kept_count; i++)
		free(call->kept[i]);
	free(call->kept);
	buf_release(&call->document);
	if (call->database >= 0)
		close(call->database);
	buf_release(&call->out);
	json_decref(call->parameters);
	upload_spent(call);
	free(call);
}

static void refuse_upgrade(struct session *session)
{
	struct err err;
	struct buf out;

	err_set(&err, ERR_REFUSED, "this interface has nothing to upgrade to");
	buf_init(&out, REPLY_MAX);
	if (wire_put_error(&out, WIRE_REFUSED, &err, NULL, 0, NULL) == 0)
		session_send(session, &out);
	buf_release(&out);
}

static void begin(struct session *session, const struct command *command, struct wire_call *wire)
{
	struct call *call = call_new(session, command, wire);
	struct err err;
	int result;

	session_call_begun(session, call);
	result = upload_take(call, wire, &err);
	if (result < 0)
		call_fail(call, &err);
	else if (result == 0 || (call->oneway && call_only_answers(command)))
		call_end_empty(call);
	else
		handlers[command - command_table](call);
}

static void answer_fault(struct session *session, const struct wire_fault *fault)
{
	struct buf out;

	buf_init(&out, REPLY_MAX);
	if (wire_put_fault(&out, fault) == 0)
		session_send(session, &out);
	buf_release(&out);
}

int call_start(struct session *session, const char *message, size_t length, struct err *err)
{
	const struct command *command;
	struct wire_fault fault;
	struct wire_call wire;
	int found;

	if (wire_call_parse(message, length, &wire, err) < 0) {
		if (err->code == ERR_SYNTAX)
			err->code = ERR_USAGE; /* of the wire: no document is meant */
		return -1;
	}
	found = wire_call_check(&wire, &command, &fault);
	if (session_gone(session) && (command == NULL || call_only_answers(command))) {
		wire_call_release(&wire);
		return 0; /* nobody hears the answer */
	}
	if (found < 0 && command != NULL)
		upload_spoil(session, command, &wire, fault.value);
	if (found == 1 && !wire.upgrade)
		begin(session, command, &wire);
	else if (wire.oneway)
		;
	else if (found < 0)
		answer_fault(session, &fault);
	else if (wire.upgrade)
		refuse_upgrade(session);
	else
		service_answer(session, &wire);
	wire_call_release(&wire);
	return 0;
}

void call_leave(struct call *call)
{
	call->session = NULL;
	if (call->committed)
		control_keep_left(call->control, call);
	else
		call_free(call);
}

bool call_only_answers(const struct command *command)
{
	return !command->changes && command != &command_table[CMD_REFRESH];
}

bool call_goes_on(const struct call *call)
{
	return call->read != NULL || call->ready != NULL;
}

void call_drained(struct call *call)
{
	void (*ready)(struct call * call) = call->ready;

	if (ready == NULL)
		return;
	call->ready = NULL;
	ready(call);
}

struct json_writer *call_reply(struct call *call)
{
	buf_clear(&call->out);
	wire_reply_begin(&call->w, &call->out);
	return &call->w;
}

static void send_out(struct call *call)
{
	if (call->session != NULL && !call->oneway)
		session_send(call->session, &call->out);
	else
		buf_clear(&call->out);
}

void call_continue(struct call *call)
{
	wire_reply_end(&call->w, true);
	send_out(call);
}

/* The call is over; its session, if there is one, may begin the next. */
static void finish(struct call *call)
{
	struct session *session = call->session;
	struct control *control = call->control;

	send_out(call);
	if (session == NULL)
		control_forget_left(control, call);
	call_free(call);
	if (session != NULL)
		session_call_ended(session);
}

static void put_refused(struct call *call)
{
	size_t i;

	json_put_key(&call->w, "refused");
	json_put_array(&call->w);
	for (i = 0; i < call->refused_count; i++)
		json_put_string(&call->w, call->refused[i]);
	json_put_array_end(&call->w);
}

void call_end(struct call *call)
{
	if (call->refused_count > 0)
		put_refused(call);
	wire_reply_end(&call->w, false);
	if (!json_ok(&call->w)) {
		call_refuse(call, ERR_TOO_BIG, "the answer is larger than %zu bytes", REPLY_MAX);
		return;
	}
	finish(call);
}

void call_end_empty(struct call *call)
{
	call_reply(call);
	call_end(call);
}

/* err may be NULL: false. */
static bool fail_with(struct call *call, const struct err *err)
{
	if (err != NULL)
		call_fail(call, err);
	return err != NULL;
}

bool call_read_failed(struct call *call, const struct err *err)
{
	call->read = NULL;
	return fail_with(call, err);
}

bool call_task_failed(struct call *call, const struct err *err)
{
	call->task = NULL;
	return fail_with(call, err);
}

bool call_commit_failed(struct call *call, const struct err *err)
{
	call->committed = false;
	return fail_with(call, err);
}

bool call_only_reads(struct call *call)
{
	bool gone = call->session == NULL || (!call->oneway && session_gone(call->session));

	call->only_reads = !call->oneway;
	if (gone)
		call_refuse(call, ERR_REFUSED, "the client has left");
	return !gone;
}

void call_commits(struct call *call)
{
	call->only_reads = false;
	call->committed = true;
}

void call_end_counted(struct call *call, uint64_t count)
{
	json_put_key(call_reply(call), object_find(call->command->object)->name);
	json_put_uint(&call->w, count);
	call_end(call);
}

void call_changed_items(void *ctx, uint64_t changed, const struct err *err)
{
	struct call *call = ctx;

	if (call_commit_failed(call, err))
		return;
	call_told_items(call, 0);
	call_end_counted(call, changed);
}

void call_changed_feeds(void *ctx, uint64_t changed, const struct err *err)
{
	struct call *call = ctx;

	if (call_commit_failed(call, err))
		return;
	call_told_feeds(call);
	call_end_counted(call, changed);
}

void call_begin_rows(struct call *call)
{
	json_put_key(call_reply(call), "rows");
	json_put_array(&call->w);
}

void call_end_rows(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct call *call = ctx;

	(void)rows;
	(void)more;
	if (call_read_failed(call, err))
		return;
	json_put_array_end(&call->w);
	call_end(call);
}

void call_fail_as(struct call *call, enum wire_error error, const struct err *err,
	const char *const *details, size_t detail_count, const char *links)
{
	buf_clear(&call->out);
	if (wire_put_error(&call->out, error, err, details, detail_count, links) < 0)
		buf_clear(&call->out);
	finish(call);
}

void call_fail(struct call *call, const struct err *err)
{
	call_fail_as(call, wire_error_of(err->code), err, NULL, 0, NULL);
}

void call_refuse(struct call *call, enum err_code code, const char *format, ...)
{
	struct err err;
	va_list args;
	char words[400];

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	err_set(&err, code, "%s", words);
	call_fail(call, &err);
}

bool call_keeps_up(const struct call *call)
{
	size_t most = control_conf(call->control)->control_queue_max;

	return call->session == NULL || session_gone(call->session) ||
	       outgoing_is_light(session_load(call->session), most);
}

bool call_is_crowded(const struct call *call)
{
	size_t most = control_conf(call->control)->control_queue_max;

	return call->session != NULL && outgoing_is_crowded(session_load(call->session), most);
}

void call_when_drained(struct call *call, void (*ready)(struct call *call))
{
	if (call->session == NULL || session_drained(call->session))
		ready(call);
	else
		call->ready = ready;
}

void *call_keep(struct call *call, size_t count, size_t size)
{
	void *memory = mem_alloc_array(count != 0 ? count : 1, size);

	call->kept = mem_realloc_array(call->kept, call->kept_count + 1, sizeof(*call->kept));
	call->kept[call->kept_count++] = memory;
	return memory;
}

void call_at_end(struct call *call, void (*release)(void *what), void *what)
{
	call->hooks = mem_realloc_array(call->hooks, call->hook_count + 1, sizeof(*call->hooks));
	call->hooks[call->hook_count++] = (struct call_end_hook){ release, what };
}

static void release_holds(void *what)
{
	fetch_holds_free(what);
}

const struct rows_moment *call_moment(struct call *call)
{
	struct rows_moment *moment = call_keep(call, 1, sizeof(*moment));

	moment->now_s = clock_now_s();
	moment->holds = refresh_holds(call->parts->refresh, moment->now_s);
	call_at_end(call, release_holds, moment->holds);
	return moment;
}

void call_told_items(struct call *call, uint64_t seq)
{
	if (!control_is_closing(call->control))
		hub_tell(call->parts->hub, HUB_STORE, seq);
}

void call_changes(struct call *call, const int64_t *ids, size_t count)
{
	if (count == 0)
		return;
	call->changing = call_keep(call, count, sizeof(*ids));
	memcpy(call->changing, ids, count * sizeof(*ids));
	call->changing_count = count;
}

void call_told_feeds(struct call *call)
{
	if (control_is_closing(call->control))
		return;
	hub_tell(call->parts->hub, HUB_FEEDS, 0);
	hub_tell(call->parts->hub, HUB_STORE, 0);
	refresh_recall(call->parts->refresh, call->changing, call->changing_count);
	refresh_rearm(call->parts->refresh);
}
