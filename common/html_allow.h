#ifndef COMMON_HTML_ALLOW_H
#define COMMON_HTML_ALLOW_H

#include <gumbo.h>

#include "common/buf.h"

/*
 * What the sanitizer lets through, for common/html*.c alone: the lists of
 * html_allow.def and what a value must look like.
 */

bool html_allow_element(GumboTag tag);

enum html_rule {
	RULE_NONE,   /* goes */
	RULE_TEXT,   /* whatever it says */
	RULE_WORD,   /* letters, digits, '-' and '_' */
	RULE_NUMBER, /* digits, perhaps a sign before and '%' behind */
	RULE_FLAG,   /* being there is all */
	RULE_LINK,   /* address that a click may follow */
	RULE_MEDIA,  /* address that showing the article may load */
	RULE_IMAGE,  /* the same, or a small image in the address itself */
	RULE_SRCSET, /* list of the former */
	RULE_STYLE   /* harmless declarations */
};

/* The rule for an attribute on an element, both in lower case. */
enum html_rule html_allow_attribute(const char *element, const char *name);

/*
 * Append the value as it may stand, not yet escaped: addresses and styles in
 * one spelling.  1; 0 if it does not keep to the rule, and out is as it was; -1 if
 * out is full.
 */
int html_allow_value(enum html_rule rule, const char *value, struct buf *out) MUST_USE;

/* Whether an allowed address is one of those that only count readers. */
bool html_is_tracker(const char *url);

#endif
