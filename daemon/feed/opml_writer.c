#include "daemon/feed/opml_writer.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/utf8.h"
#include "daemon/feed/opml.h"

/* A tag of more parts is a category, not so many folders. */
#define FOLDERS_MAX 8

void opml_writer_init(struct opml_writer *writer, struct buf *out)
{
	writer->out = out;
	writer->folder = mem_strdup("");
}

void opml_writer_release(struct opml_writer *writer)
{
	free(writer->folder);
	writer->folder = NULL;
}

/* One character, or nothing for what XML does not allow. */
static int add_rune(struct buf *out, const char *bytes, size_t length, uint32_t rune)
{
	switch (rune) {
	case '&':
		return buf_add_text(out, "&amp;");
	case '<':
		return buf_add_text(out, "&lt;");
	case '>':
		return buf_add_text(out, "&gt;");
	case '"':
		return buf_add_text(out, "&quot;");
	case '\t':
	case '\n':
	case '\r':
		/* As they stand they would be read as blanks. */
		return buf_printf(out, "&#%u;", (unsigned)rune);
	}
	if (rune < 0x20 || (rune & 0xFFFE) == 0xFFFE)
		return 0;
	return rune == UTF8_REPLACEMENT ? buf_add_rune(out, rune) : buf_add(out, bytes, length);
}

static bool is_plain(char c)
{
	return c >= 0x20 && (unsigned char)c < 0x80 && c != '&' && c != '<' && c != '>' && c != '"';
}

/* How many bytes stand in XML as they are, and need not be looked at one by one. */
static size_t plain_length(const char *text, size_t length)
{
	size_t n = 0;

	while (n < length && is_plain(text[n]))
		n++;
	return n;
}

static int add_escaped(struct buf *out, const char *text, size_t length)
{
	size_t i, n;
	uint32_t rune;

	for (i = 0; i < length; i += n) {
		n = plain_length(text + i, length - i);
		if (n > 0) {
			if (buf_add(out, text + i, n) < 0)
				return -1;
			continue;
		}
		n = utf8_decode(text + i, length - i, &rune);
		if (add_rune(out, text + i, n, rune) < 0)
			return -1;
	}
	return 0;
}

static int add_attribute(struct buf *out, const char *prefix, const char *name, const char *value)
{
	if (buf_printf(out, " %s%s=\"", prefix, name) < 0 ||
		add_escaped(out, value, strlen(value)) < 0)
		return -1;
	return buf_add_byte(out, '"');
}

/* ---- folders ------------------------------------------------------------- */

/* Whether folders can say what the tag says: no empty part, and not too many. */
static bool is_path(const char *tag)
{
	size_t parts = 1, length = strlen(tag);
	const char *at;

	if (length == 0 || tag[0] == '/' || tag[length - 1] == '/' || strstr(tag, "//") != NULL ||
		tag[0] == ' ' || tag[length - 1] == ' ' || strstr(tag, "/ ") != NULL ||
		strstr(tag, " /") != NULL)
		return false;
	for (at = tag; *at != '\0'; at++)
		parts += *at == '/';
	return parts <= FOLDERS_MAX;
}

static size_t depth_of(const char *folder)
{
	size_t depth = folder[0] != '\0';

	for (; *folder != '\0'; folder++)
		depth += *folder == '/';
	return depth;
}

static int indent(struct buf *out, size_t depth)
{
	for (depth += 2; depth > 0; depth--)
		if (buf_add_text(out, "  ") < 0)
			return -1;
	return 0;
}

/* The length of what two paths have in common, in whole parts. */
static size_t common_path(const char *a, const char *b)
{
	size_t i, common = 0;

	for (i = 0;; i++) {
		bool a_ends = a[i] == '\0' || a[i] == '/', b_ends = b[i] == '\0' || b[i] == '/';

		if (a_ends && b_ends)
			common = i;
		if (a[i] != b[i] || a[i] == '\0')
			return common;
	}
}

static int close_folders(struct buf *out, size_t from, size_t to)
{
	while (from > to)
		if (indent(out, --from) < 0 || buf_add_text(out, "</outline>\n") < 0)
			return -1;
	return 0;
}

/* Open the folders of a path's rest, a part each. */
static int open_folders(struct buf *out, const char *rest, size_t depth)
{
	while (*rest != '\0') {
		size_t length;

		rest += *rest == '/';
		length = strcspn(rest, "/");
		if (indent(out, depth++) < 0 || buf_add_text(out, "<outline text=\"") < 0 ||
			add_escaped(out, rest, length) < 0 || buf_add_text(out, "\">\n") < 0)
			return -1;
		rest += length;
	}
	return 0;
}

static int enter_folder(struct opml_writer *writer, const char *folder)
{
	size_t common;
	char *shared;
	size_t kept;

	if (strcmp(writer->folder, folder) == 0)
		return 0;
	common = common_path(writer->folder, folder);
	shared = mem_strndup(folder, common);
	kept = depth_of(shared);
	free(shared);
	if (close_folders(writer->out, depth_of(writer->folder), kept) < 0 ||
		open_folders(writer->out, folder + common, kept) < 0)
		return -1;
	free(writer->folder);
	writer->folder = mem_strdup(folder);
	return 0;
}

/* ---- the list ------------------------------------------------------------ */

/* A category that begins with '/' is a path; ours do not, so the reader takes
 * one off. */
static int add_categories(struct buf *out, const char *const *tags, size_t count)
{
	size_t i;

	if (count == 0)
		return 0;
	if (buf_add_text(out, " category=\"") < 0)
		return -1;
	for (i = 0; i < count; i++)
		if ((i > 0 && buf_add_byte(out, ',') < 0) ||
			(strchr(tags[i], '/') != NULL && buf_add_byte(out, '/') < 0) ||
			add_escaped(out, tags[i], strlen(tags[i])) < 0)
			return -1;
	return buf_add_byte(out, '"');
}

int opml_writer_begin(struct opml_writer *writer, const char *title)
{
	struct buf *out = writer->out;

	if (buf_add_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			      "<opml version=\"2.0\" xmlns:feedd=\"" OPML_NAMESPACE "\">\n"
			      "  <head>\n    <title>") < 0 ||
		add_escaped(out, title, strlen(title)) < 0)
		return -1;
	return buf_add_text(out, "</title>\n  </head>\n  <body>\n");
}

int opml_writer_row(struct opml_writer *writer, const struct opml_row *row)
{
	struct buf *out = writer->out;
	bool has_folder = row->tag_count > 0 && is_path(row->tags[0]);
	const char *const *categories = has_folder ? row->tags + 1 : row->tags;
	size_t i;

	if (enter_folder(writer, has_folder ? row->tags[0] : "") < 0 ||
		indent(out, depth_of(writer->folder)) < 0 ||
		buf_add_text(out, "<outline type=\"rss\"") < 0 ||
		add_attribute(out, "", "text", row->title) < 0 ||
		add_attribute(out, "", "xmlUrl", row->url) < 0)
		return -1;
	if (row->site_url[0] != '\0' && add_attribute(out, "", "htmlUrl", row->site_url) < 0)
		return -1;
	if (row->description[0] != '\0' &&
		add_attribute(out, "", "description", row->description) < 0)
		return -1;
	if (add_categories(out, categories, row->tag_count - has_folder) < 0)
		return -1;
	for (i = 0; i < row->setting_count; i++)
		if (add_attribute(out, "feedd:", row->settings[i].name, row->settings[i].value) < 0)
			return -1;
	return buf_add_text(out, "/>\n");
}

int opml_writer_end(struct opml_writer *writer)
{
	if (enter_folder(writer, "") < 0)
		return -1;
	return buf_add_text(writer->out, "  </body>\n</opml>\n");
}
