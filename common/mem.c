#include "common/mem.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GIVE_BACK_MIN ((size_t)2 << 20)

/* No stdio: it may want memory, too. */
_Noreturn void mem_is_gone(void)
{
	static const char words[] = "out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, words, sizeof(words) - 1);

	(void)ignored;
	_exit(71); /* EX_OSERR */
}

static size_t product(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		mem_is_gone();
	return bytes;
}

void *mem_alloc(size_t size)
{
	void *p = malloc(size != 0 ? size : 1);

	if (p == NULL)
		mem_is_gone();
	return p;
}

void *mem_alloc_array(size_t count, size_t size)
{
	size_t bytes = product(count, size);
	void *p = calloc(1, bytes != 0 ? bytes : 1);

	if (p == NULL)
		mem_is_gone();
	return p;
}

void *mem_realloc_array(void *old, size_t count, size_t size)
{
	size_t bytes = product(count, size);
	void *p = realloc(old, bytes != 0 ? bytes : 1);

	if (p == NULL)
		mem_is_gone();
	return p;
}

void *mem_dup(const void *data, size_t size)
{
	void *p = mem_alloc(size);

	if (size != 0)
		memcpy(p, data, size);
	return p;
}

char *mem_strdup(const char *text)
{
	return text != NULL ? mem_dup(text, strlen(text) + 1) : NULL;
}

char *mem_strndup(const char *text, size_t length)
{
	char *p;

	if (text == NULL)
		return NULL;
	length = strnlen(text, length);
	p = mem_alloc(length + 1);
	memcpy(p, text, length);
	p[length] = '\0';
	return p;
}

char *mem_printf(const char *format, ...)
{
	va_list args, again;
	char most[256], *p;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(most, sizeof(most), format, args);
	va_end(args);
	if (n < 0)
		mem_is_gone();
	p = mem_alloc((size_t)n + 1);
	if ((size_t)n < sizeof(most))
		memcpy(p, most, (size_t)n + 1);
	else
		vsnprintf(p, (size_t)n + 1, format, again);
	va_end(again);
	return p;
}

void mem_keep(size_t bytes)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 512 << 10);
	mallopt(M_TRIM_THRESHOLD, (int)bytes);
	mallopt(M_TOP_PAD, 256 << 10);
#else
	(void)bytes;
#endif
}

void mem_give_back(void)
{
#ifdef __GLIBC__
	if (mallinfo2().fordblks >= GIVE_BACK_MIN)
		malloc_trim(0);
#endif
}
