#ifndef FETCH_NEXT_ADDRESS_H
#define FETCH_NEXT_ADDRESS_H

#include <curl/curl.h>

/*
 * Has the next address of a name tried at once, where one was refused.  libcurl 7.88 makes
 * ready for that, but opens no socket and sets no timer before it gives up the address
 * that was refused: half of the time that is left, each time.
 *
 * Who has a connection already is left alone.
 */
void next_address_try(CURL *easy);

#endif
