#ifndef FEED_ATOM_H
#define FEED_ATOM_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/feed/draft.h"

/*
 * Atom's text constructs (RFC 4287, 3.1 and 4.1.3) and links, for atom.c and
 * for the vocabularies that borrow them.
 */
struct reader;
struct xml_element;

/* Note type, mode (Atom 0.3) and encoding of the construct that begins. */
void atom_text_start(struct reader *reader, const struct xml_element *element);

/* Offer what it says for the slot. */
void atom_text_end(
	struct reader *reader, enum slot slot, uint8_t priority, const char *text, size_t length);

/* Keep it as an extension, as plain text. */
void atom_text_keep(struct reader *reader, const char *text, size_t length);

void atom_link_start(struct reader *reader, const struct xml_element *element);

#endif
