#include "ctl/format.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/near.h"
#include "ctl/content.h"
#include "ctl/files.h"

#define VALUE_MAX ((size_t)64 << 20)

static const struct format *const formats[] = { &format_table, &format_tsv, &format_json,
	&format_sfeed, &format_urls, &format_csv, &format_mbox, &format_maildir, &format_atom,
	&format_jsonfeed, &format_html };

const struct format *format_find(const char *name, struct err *err)
{
	struct near near;

	if (strpbrk(name, "{}\\") != NULL)
		return &format_template;
	near_begin(&near, name);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
		near_try(&near, formats[i]->name);
	}
	if (near.best != NULL)
		err_set(err, ERR_USAGE, "there is no format %s; did you mean %s?", name, near.best);
	else
		err_set(err, ERR_USAGE,
			"there is no format %s; there are table tsv json sfeed urls csv mbox "
			"maildir atom jsonfeed html and '{field} {field}'",
			name);
	return NULL;
}

/* A word of a script that was empty, perhaps: the columns behind it would move. */
static bool has_empty_name(const char *names)
{
	bool named = false;

	for (;; names++) {
		if (*names != ',' && *names != '\0') {
			named = named || *names != ' ';
			continue;
		}
		if (!named || *names == '\0')
			return !named;
		named = false;
	}
}

int printer_begin(struct printer *printer, struct err *err)
{
	const struct format *format = printer->format;

	printer->rows = 0;
	printer->headed = false;
	buf_init(&printer->scratch, VALUE_MAX);
	buf_init(&printer->content, VALUE_MAX);
	if ((format->needs & FORMAT_ITEMS) != 0 && printer->object != &object_table[OBJECT_ITEM])
		return err_set(err, ERR_USAGE, "--format %s is for items only", format->name);
	if ((format->needs & FORMAT_INTO) != 0 && printer->into == NULL)
		return err_set(err, ERR_USAGE, "--format %s needs --into DIR", format->name);
	if (printer->into != NULL && format != &format_maildir && format != &format_sfeed)
		return err_set(err, ERR_USAGE, "--into goes with --format maildir or sfeed");
	if (printer->fields != NULL && format != &format_tsv && format != &format_csv &&
		format != &format_json && format != &format_table)
		return err_set(err, ERR_USAGE, "--fields goes with tsv, csv and json, not %s",
			format->name);
	if (printer->fields != NULL && has_empty_name(printer->fields))
		return err_set(err, ERR_USAGE, "--fields %s: a name in it is empty",
			printer->fields[0] != '\0' ? printer->fields : "\"\"");
	return format->begin != NULL ? format->begin(printer, err) : 0;
}

/* Those of both, each once. */
static char *names_of(const struct printer *printer)
{
	char *all = columns_all(printer->object);
	const struct field *fields;
	size_t count;

	if (printer->other == NULL)
		return all;
	fields = object_fields(printer->other, &count);
	for (size_t i = 0; i < count; i++) {
		char *longer;

		if (columns_has(all, fields[i].name, strlen(fields[i].name)))
			continue;
		longer = mem_printf("%s %s", all, fields[i].name);
		free(all);
		all = longer;
	}
	return all;
}

int printer_knows(const struct printer *printer, const char *name, size_t length, struct err *err)
{
	char *all;
	int result = 0;

	if (printer->object == NULL)
		return 0;
	all = names_of(printer);
	if (!columns_has(all, name, length))
		result = cell_unknown(all, name, length, err);
	free(all);
	return result;
}

int printer_cells(const struct printer *printer, const char *names, struct cell **out_cells,
	size_t *out_count, struct err *err)
{
	for (const char *at = names; *at != '\0'; at += strspn(at, ", ")) {
		size_t n = strcspn(at, ", ");

		if (printer_knows(printer, at, n, err) < 0)
			return -1;
		at += n;
	}
	return cell_list(names, out_cells, out_count, err);
}

/* With what comes first, if only the end: where there is no answer nothing is printed. */
static void put_head(struct printer *printer)
{
	if (!printer->headed && printer->format->head != NULL)
		printer->format->head(printer);
	printer->headed = true;
}

int printer_row(struct printer *printer, const struct wire_row *row, struct err *err)
{
	put_head(printer);
	if (printer->format->row(printer, row, err) < 0)
		return -1;
	printer->rows++;
	if (printer->out->failed)
		return out_flush(printer->out, err);
	return 0;
}

/* Behind files that are gone on with a cursor may be written, and that lasts. */
static int hand_over(struct printer *printer, struct err *err)
{
	if (printer->adds && printer->into != NULL && files_sync_all(printer->into, err) < 0)
		return -1;
	return out_flush(printer->out, err);
}

int printer_settle(struct printer *printer, struct err *err)
{
	put_head(printer);
	if (printer->format->settle != NULL && printer->format->settle(printer, err) < 0)
		return -1;
	return hand_over(printer, err);
}

int printer_end(struct printer *printer, struct err *err)
{
	put_head(printer);
	if (printer->format->end != NULL && printer->format->end(printer, err) < 0)
		return -1;
	return hand_over(printer, err);
}

void printer_release(struct printer *printer)
{
	if (printer->format == NULL)
		return;
	if (printer->format->release != NULL)
		printer->format->release(printer);
	buf_release(&printer->scratch);
	buf_release(&printer->content);
}

/* Names of a template: what stands between braces, but not between double ones. */
static char *template_names(const char *template)
{
	char *names = mem_strdup("");

	for (const char *p = template; *p != '\0'; p++) {
		size_t n = *p == '{' ? strcspn(p + 1, "{}") : 0;

		if (*p == '{' && p[1] == '{') {
			p++;
		} else if (n > 0 && p[1 + n] == '}') {
			char *longer = mem_printf("%s %.*s", names, (int)n, p + 1);

			free(names);
			names = longer;
			p += n + 1;
		}
	}
	return names;
}

/* What a cell is made of (cell.h), where the object has it.  A label says all
 * that a cell wants to know, so the title itself need not come. */
struct source {
	const char *name, *source;
	bool instead;
};

static const struct source sources_of_cells[] = { { "title", "label", true },
	{ "title", "url", false }, /* of feeds, which have no label */
	{ "feed_title", "feed_label", true } };

static char *with_source(char *names, const char *at, const struct source *source)
{
	char *all = source->instead ? mem_printf("%.*s%s%s", (int)(at - names), names,
					      source->source, at + strlen(source->name))
				    : mem_printf("%s %s", names, source->source);

	free(names);
	return all;
}

static char *with_sources(const struct printer *printer, char *names)
{
	bool raw = printer->format == &format_json || printer->format->wanted != NULL;

	for (size_t i = 0; i < sizeof(sources_of_cells) / sizeof(sources_of_cells[0]); i++) {
		const struct source *source = &sources_of_cells[i];
		const char *at = columns_find(names, source->name, strlen(source->name));

		if (at != NULL && !columns_has(names, source->source, strlen(source->source)) &&
			object_field(printer->object, source->source) != NULL &&
			!(raw && source->instead))
			names = with_source(names, at, source);
	}
	return names;
}

struct text printer_text(struct printer *printer, struct cell *cell, const struct wire_row *row)
{
	struct text text = cell_text(cell, row, &printer->scratch);

	if (cell->kind != CELL_HTML || printer->raw || text.length == 0)
		return text;
	buf_clear(&printer->content);
	content_html(row, false, &printer->content);
	return (struct text){ printer->content.data, printer->content.length };
}

/* What comes among the rows comes whole; the daemon is asked for what rows have. */
static void drop_others(const struct printer *printer, char *names)
{
	for (char *at = names; *at != '\0'; at += strspn(at, " ")) {
		size_t n = strcspn(at, " ");

		if (!columns_know(printer->object, at, n))
			memset(at, ' ', n);
		at += n;
	}
}

char *printer_wanted(const struct printer *printer)
{
	const struct format *format = printer->format;
	const char *names = format->wanted;
	char *copy;

	if (printer->columns == NULL || printer->object == NULL ||
		(format->needs & FORMAT_ALL) != 0)
		return NULL;
	if (format == &format_template)
		copy = template_names(printer->template);
	else if (printer->fields != NULL)
		copy = mem_strdup(printer->fields);
	else if (names != NULL)
		copy = mem_strdup(names);
	else if (format == &format_table && printer->object == &object_table[OBJECT_ITEM])
		copy = mem_strdup(printer->columns);
	else if (format == &format_table && printer->object == &object_table[OBJECT_FEED])
		copy = mem_printf("%s checked_at next_at items_per_week weeks attention insecure",
			printer->columns);
	else if (format == &format_tsv || format == &format_csv)
		copy = mem_strdup(printer->columns);
	else
		return NULL;
	for (char *p = copy; *p != '\0'; p++) {
		if (*p == ',')
			*p = ' ';
	}
	copy = with_sources(printer, copy);
	if (printer->other != NULL)
		drop_others(printer, copy);
	return copy;
}
