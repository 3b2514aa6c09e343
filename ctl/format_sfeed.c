#include "ctl/format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/time.h"
#include "common/utf8.h"
#include "ctl/cell.h"
#include "ctl/content.h"
#include "ctl/files.h"
#include "ctl/names.h"

/*
 * sfeed(5): nine columns, parted by tabs.  With --into, a file a feed, named by
 * its title as sfeed_update(1) does (names.h); a file is put in place when its feed
 * is over or nothing else has come yet, and what comes for it later is appended.  A
 * listing replaces the file of before; who watches goes on with it.
 */
struct sfeed {
	struct cell title, feed_title, feed;
	struct out *file; /* of the feed that is written, or NULL */
	int64_t feed_id;
	char *path, *made;   /* of it: its place, and where it is made */
	struct names *names; /* of all feeds; used: it is in place */
};

static int sfeed_begin(struct printer *printer, struct err *err)
{
	struct sfeed *sfeed = MEM_NEW(struct sfeed);

	printer->own = sfeed;
	cell_init(&sfeed->title, "title", 5);
	cell_init(&sfeed->feed_title, "feed_title", 10);
	cell_init(&sfeed->feed, "feed_id", 7);
	sfeed->names = names_new();
	return printer->into != NULL ? files_make_directory(printer->into, err) : 0;
}

/* White space becomes a blank, controls go. */
static void put_line(struct out *out, struct text text)
{
	while (text.length > 0) {
		uint32_t rune;
		size_t n = utf8_decode(text.at, text.length, &rune);

		if (rune == ' ' || (rune >= '\t' && rune <= '\r'))
			out_byte(out, ' ');
		else if (rune >= 0x20 && !(rune >= 0x7F && rune < 0xA0) && !utf8_is_unsafe(rune))
			out_add(out, text.at, n);
		text.at += n;
		text.length -= n;
	}
}

/* Tab, newline and backslash are escaped, other controls go. */
static void put_escaped(struct out *out, const char *text, size_t length)
{
	while (length > 0) {
		uint32_t rune;
		size_t n = utf8_decode(text, length, &rune);

		if (rune == '\t')
			out_text(out, "\\t");
		else if (rune == '\n')
			out_text(out, "\\n");
		else if (rune == '\\')
			out_text(out, "\\\\");
		else if (!utf8_is_banned(rune))
			out_add(out, text, n);
		text += n;
		length -= n;
	}
}

static void put_first_name(struct printer *printer, struct out *out, const struct wire_row *row,
	const char *list, const char *key)
{
	struct wire_row all = wire_row_in(wire_row_get(row, list)), object;

	if (row_of(wire_row_next(&all, NULL), &object))
		put_line(out, value_text(wire_row_get(&object, key), &printer->scratch));
}

static void put_categories(struct printer *printer, struct out *out, const struct wire_row *row)
{
	struct wire_row list = wire_row_in(wire_row_get(row, "categories"));
	const struct wire_value *one = NULL;

	for (bool first = true; (one = wire_row_next(&list, one)) != NULL; first = false) {
		if (!first)
			out_byte(out, '|');
		put_line(out, value_text(one, &printer->scratch));
	}
}

static void put_content(struct printer *printer, struct out *out, const struct wire_row *row)
{
	bool html = value_is_text(wire_row_get(row, "content_html"));
	struct text text;

	if (html) {
		buf_clear(&printer->content);
		content_html(row, printer->raw, &printer->content);
		put_escaped(out, printer->content.data, printer->content.length);
		out_text(out, "\thtml\t");
		return;
	}
	text = value_text(wire_row_get(row, "content_text"), &printer->scratch);
	put_escaped(out, text.at, text.length);
	out_text(out, text.length > 0 ? "\tplain\t" : "\t\t");
}

static void put_row(struct printer *printer, struct out *out, const struct wire_row *row)
{
	struct sfeed *sfeed = printer->own;
	int64_t date = value_time(wire_row_get(row, "date"));

	out_int(out, date == TIME_NONE ? 0 : date);
	out_byte(out, '\t');
	put_line(out, cell_text(&sfeed->title, row, &printer->scratch));
	out_byte(out, '\t');
	put_line(out, value_text(wire_row_get(row, "url"), &printer->scratch));
	out_byte(out, '\t');
	put_content(printer, out, row);
	put_line(out, value_text(wire_row_get(row, "guid"), &printer->scratch));
	out_byte(out, '\t');
	put_first_name(printer, out, row, "authors", "name");
	out_byte(out, '\t');
	put_first_name(printer, out, row, "attachments", "url");
	out_byte(out, '\t');
	put_categories(printer, out, row);
	out_end(out);
}

static int finish_file(struct sfeed *sfeed, struct err *err)
{
	int result;

	if (sfeed->file == NULL)
		return 0;
	result = out_flush(sfeed->file, err);
	if (result == 0 && sfeed->made != NULL && rename(sfeed->made, sfeed->path) < 0)
		result = err_set_errno(err, ERR_IO, errno, "%s", sfeed->path);
	close(sfeed->file->fd);
	free(sfeed->file);
	sfeed->file = NULL;
	if (result < 0 && sfeed->made != NULL)
		unlink(sfeed->made);
	free(sfeed->made);
	free(sfeed->path);
	sfeed->path = sfeed->made = NULL;
	return result;
}

/* A feed that nobody knows has come since the others were asked for, or is gone.
 * NULL with *err. */
static struct name *name_of(
	struct printer *printer, int64_t feed_id, struct text title, struct err *err)
{
	struct sfeed *sfeed = printer->own;
	struct name *name = names_find(sfeed->names, feed_id);

	if (name == NULL && printer->name_feeds != NULL) {
		if (printer->name_feeds(printer->name_ctx, sfeed->names, err) < 0)
			return NULL;
		names_settle(sfeed->names);
		name = names_find(sfeed->names, feed_id);
	}
	return name != NULL ? name
			    : names_add_stranger(sfeed->names, feed_id, title.at, title.length);
}

/* A file to go on with, made where there is none: somebody may have taken it away, for
 * a follower goes on for months.  What a kill left of a row at its end becomes a line. */
static int open_to_add(const char *path)
{
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	off_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
	char last;

	if (size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n' &&
		files_write(fd, "\n", 1) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int open_file(struct printer *printer, const struct wire_row *row, struct err *err)
{
	struct sfeed *sfeed = printer->own;
	struct text title = cell_text(&sfeed->feed_title, row, &printer->scratch);
	struct name *name = name_of(printer, sfeed->feed_id, title, err);
	int fd;

	if (name == NULL)
		return -1;
	sfeed->path = mem_printf("%s/%s", printer->into, name->text);
	if (name->used || printer->adds) {
		fd = open_to_add(sfeed->path);
	} else {
		sfeed->made = mem_printf("%s/.feedctl-XXXXXX", printer->into);
		fd = mkostemp(sfeed->made, O_CLOEXEC);
	}
	if (fd < 0) {
		err_set_errno(err, ERR_IO, errno, "%s", sfeed->path);
		free(sfeed->path);
		free(sfeed->made);
		sfeed->path = sfeed->made = NULL;
		return -1;
	}
	name->used = true;
	sfeed->file = MEM_NEW(struct out);
	out_init(sfeed->file, fd);
	return 0;
}

static int sfeed_row(struct printer *printer, const struct wire_row *row, struct err *err)
{
	struct sfeed *sfeed = printer->own;
	int64_t feed_id;

	if (printer->into == NULL) {
		put_row(printer, printer->out, row);
		return 0;
	}
	feed_id = value_int(wire_row_get(row, "feed_id"));
	if (sfeed->file != NULL && feed_id != sfeed->feed_id && finish_file(sfeed, err) < 0)
		return -1;
	sfeed->feed_id = feed_id;
	if (sfeed->file == NULL && open_file(printer, row, err) < 0)
		return -1;
	put_row(printer, sfeed->file, row);
	return sfeed->file->failed ? out_flush(sfeed->file, err) : 0;
}

static int sfeed_settle(struct printer *printer, struct err *err)
{
	return finish_file(printer->own, err);
}

static void sfeed_release(struct printer *printer)
{
	struct sfeed *sfeed = printer->own;

	if (sfeed == NULL)
		return;
	if (sfeed->file != NULL) {
		close(sfeed->file->fd);
		free(sfeed->file);
		if (sfeed->made != NULL)
			unlink(sfeed->made);
	}
	free(sfeed->path);
	free(sfeed->made);
	names_free(sfeed->names);
	free(sfeed);
}

const struct format format_sfeed = {
	.name = "sfeed",
	.needs = FORMAT_ITEMS | FORMAT_FULL | FORMAT_ALL,
	.begin = sfeed_begin,
	.row = sfeed_row,
	.settle = sfeed_settle,
	.end = sfeed_settle,
	.release = sfeed_release,
};
