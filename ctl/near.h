#ifndef CTL_NEAR_H
#define CTL_NEAR_H

/*
 * The nearest of several words to one that was mistyped: at most two letters
 * wrong, swapped, missing or too many, and fewer than half of them.
 */
struct near {
	const char *typed;
	const char *best; /* of those tried, or NULL */
	unsigned distance;
};

void near_begin(struct near *near, const char *typed);
void near_try(struct near *near, const char *word);

#endif
