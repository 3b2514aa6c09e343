#ifndef TESTS_UNIT_CTL_PRINTED_H
#define TESTS_UNIT_CTL_PRINTED_H

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/mem.h"
#include "ctl/format.h"
#include "ctl/help.h"
#include "tests/unit/ctl/rows.h"

/*
 * What a format makes of rows, at 2026-06-03T12:00:00Z and in 60 columns.
 */
struct printed {
	int fd;
	struct out *out;
	struct term term;
	struct printer printer;
};

static void begin(struct printed *p, const char *format, const char *fields)
{
	struct err err;

	memset(p, 0, sizeof(*p));
	p->fd = memfd_create("printed", MFD_CLOEXEC);
	p->out = MEM_NEW(struct out);
	out_init(p->out, p->fd);
	p->term.width = 60;
	p->term.now_s = 1780488000; /* 2026-06-03T12:00:00Z */
	p->printer.format = format_find(format, &err);
	p->printer.template = format;
	p->printer.object = object_find("item");
	p->printer.columns = columns_of("item");
	p->printer.fields = fields;
	p->printer.out = p->out;
	p->printer.term = &p->term;
	assert_non_null(p->printer.format);
	if (printer_begin(&p->printer, &err) < 0)
		fail_msg("%s", err.text);
}

static int on_row(void *ctx, const struct wire_row *row, struct err *err)
{
	struct printed *p = ctx;

	if (p->printer.format->look != NULL)
		p->printer.format->look(&p->printer, row);
	return printer_row(&p->printer, row, err);
}

static inline void row(struct printed *p, const char *json)
{
	struct err err;

	assert_int_equal(tell_row(json, on_row, p, &err), 0);
}

/* What was printed, the caller's to free(). */
static char *end(struct printed *p)
{
	struct err err;
	off_t length;
	char *text;

	assert_int_equal(printer_end(&p->printer, &err), 0);
	printer_release(&p->printer);
	free(p->out);
	length = lseek(p->fd, 0, SEEK_END);
	text = mem_alloc((size_t)length + 1);
	assert_int_equal(pread(p->fd, text, (size_t)length, 0), length);
	text[length] = '\0';
	close(p->fd);
	return text;
}

#endif
