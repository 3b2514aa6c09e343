#ifndef CTL_MAIL_H
#define CTL_MAIL_H

#include "ctl/format.h"

/*
 * An item as a mail message (RFC 5322, MIME): pure ASCII, lines of at most 78
 * bytes but for links, content in quoted-printable, so that it survives any mail
 * program; no line begins with "From ", so that an mbox needs no quoting.  Lines
 * end in '\n', as they lie in files.
 */
void mail_put(struct printer *printer, struct out *out, const struct wire_row *row);

/* A name for the item that stays the same, for Message-ID and file names, of when it
 * came (its date may be edited) and its id: "1780480800.17.feedd". */
void mail_name(const struct wire_row *row, char *out, size_t size);

/* A moment as the lines between messages have it, "Wed Jun  3 10:00:00 2026". */
void mail_put_ctime(struct out *out, int64_t unix_s);

#endif
