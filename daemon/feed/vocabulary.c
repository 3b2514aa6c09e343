#include "daemon/feed/vocabulary.h"

#include <string.h>

static const struct rule *const vocabularies[] = {
	rss_rules,
	rdf_rules,
	atom_rules,
	cdf_rules,
	content_rules,
	dublin_core_rules,
	media_rules,
	itunes_rules,
	podcast_rules,
	syndication_rules,
	thread_rules,
	geo_rules,
	license_rules,
	small_rules,
};

#define VOCABULARIES (sizeof(vocabularies) / sizeof(vocabularies[0]))

static const struct rule *find(enum xml_ns ns, const char *local, enum where where)
{
	const struct rule *rule;
	size_t i;

	for (i = 0; i < VOCABULARIES; i++)
		for (rule = vocabularies[i]; rule->local != NULL; rule++)
			if (rule->ns == ns && (rule->where & where) != 0 &&
				strcmp(rule->local, local) == 0)
				return rule;
	return NULL;
}

/* RSS 0.90, 1.0 and 1.1 have namespaces, but no other elements. */
static enum xml_ns core(enum xml_ns ns)
{
	switch (ns) {
	case NS_RSS090:
	case NS_RSS10:
	case NS_RSS11:
		return NS_NONE;
	case NS_ATOM03:
		return NS_ATOM;
	default:
		return ns;
	}
}

const struct rule *vocabulary_find(enum xml_ns ns, const char *local, enum where where)
{
	const struct rule *rule;

	ns = core(ns);
	rule = find(ns, local, where);
	/* Feeds mix up the two: Atom's elements without its namespace in RSS, and
	 * RSS whose default namespace says Atom. */
	if (rule == NULL && ns == NS_NONE)
		rule = find(NS_ATOM, local, where);
	else if (rule == NULL && ns == NS_ATOM)
		rule = find(NS_NONE, local, where);
	return rule;
}
