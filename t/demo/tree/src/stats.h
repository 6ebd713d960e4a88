//@ file +stats-sum
#ifndef STATS_H
#define STATS_H

#include "hash.h"

//@ +stats-comment
/* Numbers among the values: their sum, and from it the mean. */
//@ .
void stats_add(struct entry *entry, const char *value, size_t len);
double stats_mean(const struct entry *entry); //@ +stats-mean
double stats_spread(const struct entry *entry); //@ +stats-spread

#endif
