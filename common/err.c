#include "common/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/utf8.h"

static const char *const words[ERR_CODES] = {
	"none",
#define ERR(code, word) word,
#include "common/err.def"
#undef ERR
};

/* vsnprintf() cuts at a byte; a sentence must end with a whole character. */
static void fill(struct err *err, const char *format, va_list args)
{
	vsnprintf(err->text, sizeof(err->text), format, args);
	err->text[utf8_cut(err->text, strlen(err->text))] = '\0';
}

int err_set(struct err *err, enum err_code code, const char *format, ...)
{
	va_list args;

	if (err == NULL)
		return -1;
	err->code = code;
	va_start(args, format);
	fill(err, format, args);
	va_end(args);
	return -1;
}

int err_set_errno(struct err *err, enum err_code code, int saved_errno, const char *format, ...)
{
	va_list args;
	size_t used;

	if (err == NULL)
		return -1;
	err->code = code;
	va_start(args, format);
	fill(err, format, args);
	va_end(args);
	used = strlen(err->text);
	snprintf(err->text + used, sizeof(err->text) - used, ": %s", strerror(saved_errno));
	return -1;
}

int err_prefix(struct err *err, const char *format, ...)
{
	char inner[sizeof(err->text)];
	va_list args;
	size_t used;

	if (err == NULL)
		return -1;
	memcpy(inner, err->text, sizeof(inner));
	va_start(args, format);
	fill(err, format, args);
	va_end(args);
	used = strlen(err->text);
	snprintf(err->text + used, sizeof(err->text) - used, ": %s", inner);
	err->text[utf8_cut(err->text, strlen(err->text))] = '\0';
	return -1;
}

bool err_is_no_space(int saved_errno)
{
	return saved_errno == ENOSPC || saved_errno == EDQUOT || saved_errno == EFBIG;
}

enum err_code err_code_of_path(int saved_errno)
{
	if (err_is_no_space(saved_errno))
		return ERR_NO_SPACE;
	switch (saved_errno) {
	case EACCES:
	case EPERM:
	case EROFS:
	case ENOENT:
	case ENOTDIR:
	case EEXIST:
	case EISDIR:
	case ELOOP:
	case ENAMETOOLONG:
		return ERR_UNSAFE;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return ERR_FAILED; /* it is not the place's fault, and passes */
	default:
		return ERR_IO;
	}
}

const char *err_word(enum err_code code)
{
	return code < ERR_CODES ? words[code] : words[ERR_FAILED];
}

enum err_code err_code_of(const char *word)
{
	size_t i;

	for (i = 0; i < ERR_CODES; i++)
		if (strcmp(words[i], word) == 0)
			return (enum err_code)i;
	return ERR_FAILED;
}
