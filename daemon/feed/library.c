#include "daemon/feed/feed.h"

#include <expat.h>

const char *feed_library(void)
{
	return XML_ExpatVersion();
}
