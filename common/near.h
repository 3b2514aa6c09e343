#ifndef COMMON_NEAR_H
#define COMMON_NEAR_H

/*
 * The nearest of several words to one that was mistyped: at most two letters
 * wrong, swapped, missing or too many; one in a word of three or fewer.  Or what
 * it begins, from two letters on.
 */
struct near {
	const char *typed;
	const char *best;  /* of those tried, or NULL */
	unsigned distance; /* to be beaten */
};

void near_begin(struct near *near, const char *typed);
void near_try(struct near *near, const char *word);

#endif
