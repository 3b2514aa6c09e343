#include "common/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/utf8.h"

#define CAPACITY_MIN 64

static char nothing[1] = "";

void buf_init(struct buf *buf, size_t max)
{
	buf->data = nothing;
	buf->length = 0;
	buf->capacity = 0;
	buf->max = max;
}

void buf_release(struct buf *buf)
{
	if (buf->capacity != 0)
		free(buf->data);
	buf_init(buf, buf->max);
}

void buf_clear(struct buf *buf)
{
	buf_cut(buf, 0);
}

void buf_move(struct buf *to, struct buf *from)
{
	if (to->capacity != 0)
		free(to->data);
	*to = *from;
	buf_init(from, from->max);
}

char *buf_take(struct buf *buf, size_t *out_length)
{
	char *data = buf->capacity != 0 ? buf->data : mem_strdup("");

	if (out_length != NULL)
		*out_length = buf->length;
	buf_init(buf, buf->max);
	return data;
}

int buf_reserve(struct buf *buf, size_t length)
{
	size_t wanted, capacity;

	if (length > buf->max - buf->length)
		return -1;
	wanted = buf->length + length + 1;
	if (wanted <= buf->capacity)
		return 0;
	capacity = buf->capacity != 0 ? buf->capacity : CAPACITY_MIN;
	while (capacity < wanted)
		capacity *= 2;
	if (capacity > buf->max && buf->max < SIZE_MAX)
		capacity = buf->max + 1;
	buf->data = mem_realloc_array(buf->capacity != 0 ? buf->data : NULL, capacity, 1);
	buf->capacity = capacity;
	buf->data[buf->length] = '\0';
	return 0;
}

void buf_grown(struct buf *buf, size_t length)
{
	if (length == 0)
		return;
	buf->length += length;
	buf->data[buf->length] = '\0';
}

int buf_add(struct buf *buf, const void *data, size_t length)
{
	if (length == 0)
		return 0;
	if (buf_reserve(buf, length) < 0)
		return -1;
	memcpy(buf->data + buf->length, data, length);
	buf_grown(buf, length);
	return 0;
}

int buf_add_text(struct buf *buf, const char *text)
{
	return buf_add(buf, text, strlen(text));
}

int buf_add_byte(struct buf *buf, char byte)
{
	return buf_add(buf, &byte, 1);
}

int buf_add_rune(struct buf *buf, uint32_t rune)
{
	char bytes[4];

	return buf_add(buf, bytes, utf8_encode(rune, bytes));
}

int buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0 || buf_reserve(buf, (size_t)n) < 0)
		return -1;
	va_start(args, format);
	vsnprintf(buf->data + buf->length, (size_t)n + 1, format, args);
	va_end(args);
	buf_grown(buf, (size_t)n);
	return 0;
}

void buf_consume(struct buf *buf, size_t length)
{
	if (length == 0)
		return;
	memmove(buf->data, buf->data + length, buf->length - length);
	buf_cut(buf, buf->length - length);
}

void buf_cut(struct buf *buf, size_t length)
{
	buf->length = length;
	if (buf->capacity != 0)
		buf->data[length] = '\0';
}

void buf_trim(struct buf *buf)
{
	if (buf->capacity <= buf->length + 1)
		return;
	buf->capacity = buf->length + 1;
	buf->data = mem_realloc_array(buf->data, buf->capacity, 1);
}

void buf_forget(struct buf *buf, size_t from, size_t to)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t begin = ((uintptr_t)buf->data + from + page - 1) & ~(page - 1);
	size_t end = ((uintptr_t)buf->data + to) & ~(page - 1);

	/* Refused, it only costs memory. */
	if (begin < end)
		(void)madvise(
			buf->data + (begin - (uintptr_t)buf->data), end - begin, MADV_DONTNEED);
}
