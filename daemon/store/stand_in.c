#include "daemon/store/stand_in.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOTE_MAX 96 /* bytes */

static const char *const words[] = { "used", "left" };

bool stand_in_is(int fd, const char *path, uint64_t seq)
{
	char note[NOTE_MAX + 1], how[8];
	ssize_t length = pread(fd, note, NOTE_MAX, 0);
	uint64_t inode, noted;
	struct stat st;

	if (seq == 0)
		return false;
	note[length > 0 ? length : 0] = '\0';
	if (sscanf(note, "%7s %" SCNu64 " %" SCNu64, how, &inode, &noted) != 3 ||
		stat(path, &st) < 0 || (uint64_t)st.st_ino != inode)
		return true;
	return strcmp(how, words[STAND_IN_USED]) == 0 ? seq < noted : seq != noted;
}

void stand_in_note(int fd, const char *path, uint64_t seq, enum stand_in_how how)
{
	char note[NOTE_MAX];
	struct stat st;
	int length;

	if (stat(path, &st) < 0)
		return;
	length = snprintf(note, sizeof(note), "%s %" PRIu64 " %" PRIu64 "\n", words[how],
		(uint64_t)st.st_ino, seq);
	/* One that can't be written makes the file another at the next start. */
	if (pwrite(fd, note, (size_t)length, 0) == length)
		(void)!ftruncate(fd, length);
}
