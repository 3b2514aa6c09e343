#ifndef COMMON_ERR_H
#define COMMON_ERR_H

#include <stdbool.h>

/*
 * Errors as values: a code a program can branch on, and one sentence for a
 * person, built from the inside out.  Knows nothing of logging or replies.
 *
 * A function that can fail takes `struct err *err` last and returns 0 or -1
 * (look-ups 1, 0 or -1).  It writes *err on failure only; the caller need not
 * initialise it.  Each level on the way up may put what it knows in front; the
 * one that decides what happens next logs or replies, once.
 */

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

enum err_code {
	ERR_NONE,
#define ERR(code, word) ERR_##code,
#include "common/err.def"
#undef ERR
	ERR_CODES
};

struct err {
	enum err_code code;
	char text[1024]; /* UTF-8, cut at a character, never empty */
};

/*
 * Set *err (which may be NULL: then nothing is kept) and return -1, so that
 * `return err_set(err, …)` is the whole failure path.
 */
int err_set(struct err *err, enum err_code code, const char *format, ...) PRINTF_LIKE(3, 4);

/* As err_set(), with ": " and strerror(saved_errno) behind the sentence. */
int err_set_errno(struct err *err, enum err_code code, int saved_errno, const char *format, ...)
	PRINTF_LIKE(4, 5);

/* Put "words: " in front of the sentence that is there.  Returns -1. */
int err_prefix(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Whether it says that there is no room: some file systems say so at a write, others
 * when a file grows; a quota and a limit on the size of files are no fault of the
 * disk either. */
bool err_is_no_space(int saved_errno);

/* What it means for a path of the user's choice that it can't be made or opened:
 * ERR_UNSAFE where its name, its owner or its rights are not right, so that a person
 * has to act; ERR_NO_SPACE; ERR_FAILED where there was no descriptor or no memory, which
 * passes; else ERR_IO. */
enum err_code err_code_of_path(int saved_errno);

/* The word the outside sees, "timeout"; static.  "none" for ERR_NONE. */
const char *err_word(enum err_code code);

/* The code of a word; ERR_FAILED for one we do not know. */
enum err_code err_code_of(const char *word);

#endif
