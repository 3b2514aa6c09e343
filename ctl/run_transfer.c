#include "ctl/ctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base64.h"
#include "common/mem.h"
#include "ctl/files.h"
#include "ctl/say.h"

/*
 * Documents to the daemon and from it, in pieces: it opens no file that a client
 * names, and no message grows with the document.
 */

#define PIECE ((size_t)192 << 10)
#define DOCUMENT_MAX ((size_t)1 << 30)

/* ------------------------------------------------------------ upload ---- */

static int send_piece(struct ctl *ctl, struct params *params, const char *data, size_t length,
	bool last, const struct listener *listener, void *ctx, struct err *err)
{
	struct listener silent = { 0 };
	struct buf text;
	int result;

	buf_init(&text, PIECE * 2);
	result = base64_encode(&text, data, length);
	params->text = text.data;
	params->part = !last;
	if (result < 0)
		err_set(err, ERR_TOO_BIG, "a piece of the document does not fit");
	else if (last)
		result = ctl_call(ctl, params, WIRE_MORE, listener, ctx, err);
	else
		result = ctl_call(ctl, params, 0, &silent, NULL, err);
	params->text = NULL;
	buf_release(&text);
	return result;
}

/* As much as is, in base64, no longer than a call's room. */
static int piece_size(
	struct ctl *ctl, const struct params *params, size_t *out_size, struct err *err)
{
	size_t room;

	if (ctl_room(ctl, params, &room, err) < 0)
		return -1;
	*out_size = room / 4 * 3 < PIECE ? room / 4 * 3 : PIECE;
	if (*out_size == 0)
		return err_set(err, ERR_TOO_BIG, "a call has at most %zu bytes", ctl->message_max);
	return 0;
}

static int upload(struct ctl *ctl, const char *path, const struct listener *listener, void *ctx,
	struct err *err)
{
	struct params params = ctl_params(ctl);
	char *piece = mem_alloc(PIECE), *next = mem_alloc(PIECE), *spare;
	size_t size = 0, length = 0, ahead = 0;
	int fd = -1, result;

	result = files_open(path, &fd, err);
	if (result == 0)
		result = piece_size(ctl, &params, &size, err);
	if (result == 0)
		result = files_fill(fd, path, piece, size, &length, err);
	while (result == 0) {
		/* One ahead, because the last piece is sent as such. */
		result = files_fill(fd, path, next, size, &ahead, err);
		if (result == 0)
			result = send_piece(
				ctl, &params, piece, length, ahead == 0, listener, ctx, err);
		if (ahead == 0)
			break;
		spare = piece;
		piece = next;
		next = spare;
		length = ahead;
	}
	files_close(fd);
	free(piece);
	free(next);
	return result;
}

struct uploading {
	struct ctl *ctl;
	struct printer *printer; /* of what is answered, or NULL */
	bool looked;             /* rows are of first looks: those of before have come */
};

/* The feed stays, and is looked at again; but whoever waits for its first look waits for
 * what came of it. */
static void tell_failed_look(struct ctl *ctl, const struct wire_row *feed)
{
	struct wire_row failure;
	char *url, *text;

	if (!row_of(wire_row_get(feed, "last_error"), &failure))
		return;
	url = value_strdup(wire_row_get(feed, "url"));
	text = value_strdup(wire_row_get(&failure, "text"));
	say("%s: %s", url, text);
	ctl->unfinished = true;
	free(url);
	free(text);
}

static int on_row(void *ctx, const struct wire_row *row, struct err *err)
{
	struct uploading *uploading = ctx;

	say_progress_end();
	if (uploading->looked)
		tell_failed_look(uploading->ctl, row);
	return uploading->printer != NULL ? printer_row(uploading->printer, row, err) : 0;
}

static void tell_restored(const struct wire_row *row)
{
	long long feeds = value_int(wire_row_get(row, "feeds"));
	long long states = value_int(wire_row_get(row, "states"));
	long long waiting = value_int(wire_row_get(row, "waiting"));

	if (feeds == 0 && states == 0 && waiting == 0)
		say("nothing to do: all that it says is so already");
	else
		say("%lld %s and %lld %s set; %lld %s for items that are not here yet", feeds,
			feeds == 1 ? "feed" : "feeds", states, states == 1 ? "state" : "states",
			waiting, waiting == 1 ? "waits" : "wait");
}

static int on_reply(void *ctx, const struct wire_row *parameters, bool continues, struct err *err)
{
	struct uploading *uploading = ctx;
	struct ctl *ctl = uploading->ctl;
	struct wire_row progress;

	ctl_say_refused(ctl, parameters);
	/* Whoever waits sees what has ended, not only that something has. */
	if (continues && uploading->printer != NULL && out_flush(uploading->printer->out, err) < 0)
		return -1;
	/* It begins behind the rows of the feeds that were there. */
	if (row_of(wire_row_get(parameters, "progress"), &progress)) {
		uploading->looked = true;
		say_progress("%lld of %lld", (long long)value_int(wire_row_get(&progress, "done")),
			(long long)value_int(wire_row_get(&progress, "total")));
	}
	if (continues)
		return 0;
	if (uploading->printer != NULL && ctl->args.id != CMD_IMPORT)
		return printer_row(uploading->printer, parameters, err);
	if (ctl->args.id == CMD_RESTORE && ctl_is_chatty(ctl))
		tell_restored(parameters);
	if (ctl->args.id == CMD_PUSH && ctl_is_chatty(ctl))
		say("%lld new, %lld changed of %lld items",
			(long long)value_int(wire_row_get(parameters, "new")),
			(long long)value_int(wire_row_get(parameters, "changed")),
			(long long)value_int(wire_row_get(parameters, "total")));
	return 0;
}

static int upload_and_tell(
	struct ctl *ctl, const char *path, const char *columns, bool print, struct err *err)
{
	struct printer printer;
	struct uploading uploading = { .ctl = ctl, .printer = print ? &printer : NULL };
	struct listener listener = { .row = on_row, .reply = on_reply };
	int result;

	/* A format that is a mistake is one where nothing is printed, too. */
	result = ctl_print_begin(ctl, &printer, ctl->args.command->object, columns, err);
	if (result == 0)
		result = upload(ctl, path, &listener, &uploading, err);
	if (result == 0 && print)
		result = printer_end(&printer, err);
	printer_release(&printer);
	return result;
}

int run_import(struct ctl *ctl, struct err *err)
{
	if (args_has(&ctl->args, "wait"))
		ctl->goes_on = "\nfeedctl: feedd goes on with it\n";
	return upload_and_tell(ctl, args_value(&ctl->args, "file"), "id title url", true, err);
}

int run_push(struct ctl *ctl, struct err *err)
{
	return upload_and_tell(ctl, "-", NULL, ctl_is_json(ctl), err);
}

int run_restore(struct ctl *ctl, struct err *err)
{
	return upload_and_tell(ctl, args_value(&ctl->args, "file"), NULL, ctl_is_json(ctl), err);
}

/* ---------------------------------------------------------- download ---- */

struct downloading {
	struct out *out;
	bool base64;
	bool terminal; /* somebody's ids must not write to it as they like */
	struct buf scratch, bytes;
	uint64_t total;
};

static int on_piece(void *ctx, const struct wire_row *parameters, bool continues, struct err *err)
{
	struct downloading *d = ctx;
	struct text text = value_text(wire_row_get(parameters, "text"), &d->scratch);

	(void)continues;
	if (d->base64) {
		buf_clear(&d->bytes);
		if (base64_decode(&d->bytes, text.at, text.length, err) < 0)
			return err_prefix(err, "feedd's answer can't be read");
		text.at = d->bytes.data;
		text.length = d->bytes.length;
	}
	if (d->terminal)
		out_lines(d->out, text.at, text.length);
	else
		out_add(d->out, text.at, text.length);
	d->total += text.length;
	if (d->base64)
		say_progress("%llu MB", (unsigned long long)(d->total >> 20));
	return d->out->failed ? out_flush(d->out, err) : 0;
}

static int download(struct ctl *ctl, struct out *out, bool base64, struct err *err)
{
	struct downloading d = {
		.out = out, .base64 = base64, .terminal = out == &ctl->out && ctl->term.terminal
	};
	struct listener listener = { .reply = on_piece };
	struct params params = ctl_params(ctl);
	int result;

	buf_init(&d.scratch, DOCUMENT_MAX);
	buf_init(&d.bytes, DOCUMENT_MAX);
	result = ctl_call(ctl, &params, WIRE_MORE, &listener, &d, err);
	buf_release(&d.scratch);
	buf_release(&d.bytes);
	say_progress_end();
	return result < 0 ? result : out_flush(out, err);
}

int run_export(struct ctl *ctl, struct err *err)
{
	return download(ctl, &ctl->out, false, err);
}

/* Into a file that was not there before, and that is there when it is whole. */
static int backup_into(struct ctl *ctl, const char *path, struct err *err)
{
	struct out *out;
	char *made;
	int fd, result;

	if (ctl_connect(ctl, err) < 0 || files_make(path, &made, &fd, err) < 0)
		return -1;
	out = MEM_NEW(struct out);
	out_init(out, fd);
	result = download(ctl, out, true, err);
	if (result == 0 && fsync(fd) < 0)
		result = err_set_errno(err, ERR_IO, errno, "%s", path);
	if (result == 0)
		result = files_place(made, fd, path, err);
	else
		files_unmake(made);
	close(fd);
	free(made);
	free(out);
	return result;
}

int run_backup(struct ctl *ctl, struct err *err)
{
	const char *path = args_value(&ctl->args, "file");

	/* A store is full of what feeds sent, control sequences among it. */
	if (strcmp(path, "-") == 0 && ctl->term.terminal)
		return err_set(err, ERR_REFUSED,
			"a backup is not for a terminal; name a file, or send it into a pipe");
	if (strcmp(path, "-") == 0)
		return download(ctl, &ctl->out, true, err);
	return backup_into(ctl, path, err);
}
