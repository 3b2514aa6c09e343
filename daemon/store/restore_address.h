#ifndef STORE_RESTORE_ADDRESS_H
#define STORE_RESTORE_ADDRESS_H

#include <stdbool.h>

#include "common/err.h"

/*
 * The address of a feed in what is put back, whose lines name one feed many times in a
 * row.  Zeroed, it is of none.  Knows no store.
 */
struct restore_address {
	char *typed;    /* as it was read last, or NULL */
	char *url;      /* as a subscription has it; NULL: it can't be one */
	char *auth;     /* "user:password" that stood in it, or NULL */
	struct err why; /* it can't */
};
void restore_address_release(struct restore_address *address);

/* As `add` would take it, where it is a web address. */
void restore_address_take(struct restore_address *address, const char *typed);

/* Whether the one that was taken differs from what it became by a number in the place of a
 * user's name, as an upgrade made it of an address that another feed has without. */
bool restore_address_is_numbered(const struct restore_address *address);

/* Just as it is. */
void restore_address_keep(struct restore_address *address, const char *typed);

/* Whether that is the one that was read last. */
bool restore_address_is(const struct restore_address *address, const char *typed);

#endif
