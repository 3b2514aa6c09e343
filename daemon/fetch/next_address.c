#include "daemon/fetch/next_address.h"

void next_address_try(CURL *easy)
{
	curl_off_t ready_us = 0;

	/* A pause of its own must not be over: the transfer rests until its turn comes. */
	curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
	if (ready_us != 0)
		return;
	/* A pause that is over at once is how libcurl is told to look. */
	curl_easy_pause(easy, CURLPAUSE_SEND);
	curl_easy_pause(easy, CURLPAUSE_CONT);
}
