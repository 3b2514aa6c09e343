#include "daemon/main_conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/mem.h"

void main_conf_places(const struct main_options *options, char *out_paths[MAIN_CONF_PLACES])
{
	out_paths[0] = options->config != NULL ? mem_strdup(options->config) : conf_user_file();
	out_paths[1] = options->config != NULL ? NULL : mem_strdup(CONF_SYSTEM_FILE);
}

void main_conf_places_free(char *paths[MAIN_CONF_PLACES])
{
	for (size_t i = 0; i < MAIN_CONF_PLACES; i++)
		free(paths[i]);
}

static char *find(const struct main_options *options)
{
	return options->config != NULL ? mem_strdup(options->config) : conf_find_file();
}

static int load(const struct main_options *options, const char *path, struct conf *out_conf,
	struct err *err)
{
	return conf_load(path, options->overrides, options->override_count, out_conf, err);
}

int main_conf_load(
	const struct main_options *options, char **out_path, struct conf *out_conf, struct err *err)
{
	char *path = find(options);

	if (load(options, path, out_conf, err) < 0) {
		free(path);
		return -1;
	}
	*out_path = path;
	return 0;
}

/* Its owner lets us read it, the sandbox does not: the directory came later. */
static bool is_shut_out(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd >= 0) {
		close(fd);
		return false;
	}
	return errno == EACCES && access(path, R_OK) == 0;
}

static void say_none(void)
{
	char *wanted = conf_user_file();

	log_warning("no configuration file was read: there is none at %s%s" CONF_SYSTEM_FILE,
		wanted != NULL ? wanted : "", wanted != NULL ? " or " : "");
	free(wanted);
}

bool main_conf_again(const struct main_options *options, char **path, struct conf *out_conf)
{
	char *found = find(options);
	struct err err;

	/* One that is gone is an error as at its first reading, not a wish for defaults. */
	if (found == NULL && *path != NULL)
		found = mem_strdup(*path);
	if (load(options, found, out_conf, &err) < 0) {
		log_error("the configuration stays as it was: %s%s", err.text,
			found != NULL && is_shut_out(found)
				? "; its directory was not there when feedd started: restart feedd"
				: "");
		free(found);
		return false;
	}
	free(*path);
	*path = found;
	if (found != NULL)
		log_info("the configuration was read again: %s", found);
	else
		say_none();
	return true;
}
