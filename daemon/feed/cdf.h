#ifndef FEED_CDF_H
#define FEED_CDF_H

/* Where CDF's and RSS's items differ: these say things in attributes. */
struct reader;
struct xml_element;

void cdf_item_attributes(struct reader *reader, const struct xml_element *element);

#endif
