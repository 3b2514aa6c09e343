#include "daemon/store/store.h"

#include <sqlite3.h>
#include <stdio.h>

const char *store_library(void)
{
	static char name[32];

	snprintf(name, sizeof(name), "SQLite %s", sqlite3_libversion());
	return name;
}
