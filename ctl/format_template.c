#include "ctl/format.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ctl/cell.h"

/*
 * '{field} {field}': text with fields in it; \t \n \0 \\, {{ and }} stand for
 * themselves.  It is read once into pieces: text, then a field, and so on.
 */
struct piece {
	size_t text, length; /* of `texts` */
	bool has_cell;
	struct cell cell;
};

struct template
{
	struct buf texts;
	struct piece *pieces;
	size_t count;
};

static struct piece *piece_of(struct template *t)
{
	struct piece *last = t->count > 0 ? &t->pieces[t->count - 1] : NULL;

	if (last != NULL && !last->has_cell)
		return last;
	t->pieces = mem_realloc_array(t->pieces, t->count + 1, sizeof(*t->pieces));
	last = &t->pieces[t->count++];
	memset(last, 0, sizeof(*last));
	last->text = t->texts.length;
	return last;
}

static int add(struct template *t, char byte)
{
	struct piece *piece = piece_of(t);

	if (buf_add_byte(&t->texts, byte) < 0)
		return -1;
	piece->length++;
	return 0;
}

static int read_escape(const char **at, char *out_byte, struct err *err)
{
	static const char from[] = "tn0\\", to[] = "\t\n\0\\";
	const char *known = (*at)[1] != '\0' ? strchr(from, (*at)[1]) : NULL;

	if (known == NULL)
		return err_set(err, ERR_USAGE, "--format: there are \\t \\n \\0 and \\\\, not \\%c",
			(*at)[1]);
	*out_byte = to[known - from];
	*at += 2;
	return 0;
}

static int read_field(
	struct template *t, const struct printer *printer, const char **at, struct err *err)
{
	const char *name = *at + 1;
	size_t n = strcspn(name, "{}");
	struct piece *piece;

	if (name[n] != '}' || n == 0)
		return err_set(err, ERR_USAGE,
			"--format: a { without its }; {{ and }} stand for themselves");
	if (printer_knows(printer, name, n, err) < 0)
		return -1;
	piece = piece_of(t);
	piece->has_cell = true;
	cell_init(&piece->cell, name, n);
	*at = name + n + 1;
	return 0;
}

static int template_begin(struct printer *printer, struct err *err)
{
	struct template *t = MEM_NEW(struct template);
	const char *at = printer->template;

	printer->own = t;
	buf_init(&t->texts, (size_t)1 << 20);
	while (*at != '\0') {
		char byte = *at;

		if (byte == '{' && at[1] != '{') {
			if (read_field(t, printer, &at, err) < 0)
				return -1;
			continue;
		}
		if (byte == '\\') {
			if (read_escape(&at, &byte, err) < 0)
				return -1;
		} else if (byte == '{' || byte == '}') {
			if (at[1] != byte)
				return err_set(err, ERR_USAGE,
					"--format: a } without its {; {{ and }} stand for "
					"themselves");
			at += 2;
		} else {
			at++;
		}
		if (add(t, byte) < 0)
			return err_set(err, ERR_USAGE, "--format: the template is too long");
	}
	return 0;
}

static int template_row(struct printer *printer, const struct wire_row *row, struct err *err)
{
	struct template *t = printer->own;

	(void)err;
	for (size_t i = 0; i < t->count; i++) {
		struct piece *piece = &t->pieces[i];
		struct text text;

		out_add(printer->out, t->texts.data + piece->text, piece->length);
		if (!piece->has_cell)
			continue;
		if (printer->object == NULL && row_get(row, &piece->cell.column) == NULL)
			return err_set(err, ERR_USAGE, "--format: there is no field %.*s",
				(int)piece->cell.column.length, piece->cell.column.name);
		text = printer_text(printer, &piece->cell, row);
		out_line(printer->out, text.at, text.length);
	}
	out_end(printer->out);
	return 0;
}

static void template_release(struct printer *printer)
{
	struct template *t = printer->own;

	if (t == NULL)
		return;
	buf_release(&t->texts);
	free(t->pieces);
	free(t);
}

const struct format format_template = {
	.name = "template",
	.begin = template_begin,
	.row = template_row,
	.release = template_release,
};
