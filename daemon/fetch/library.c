#include "daemon/fetch/fetch.h"

#include <curl/curl.h>

const char *fetcher_library(void)
{
	return curl_version();
}
