#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/worker/worker.h"

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--worker") == 0)
		return worker_main();
	fputs("feedd: not wired yet\n", stderr);
	return EX_USAGE;
}
