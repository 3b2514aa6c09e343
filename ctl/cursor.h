#ifndef CTL_CURSOR_H
#define CTL_CURSOR_H

#include "common/err.h"

/*
 * Where `watch` goes on: one opaque word in a file of the person's, replaced
 * whole and durably, and always behind what was handed on, never before it.
 */
#define CURSOR_MAX 128

/* 1 and the word; 0 if there is no file or nothing in it; -1 for anything that
 * is no cursor. */
int cursor_read(const char *path, char out[CURSOR_MAX], struct err *err) MUST_USE;
int cursor_write(const char *path, const char *cursor, struct err *err) MUST_USE;

#endif
